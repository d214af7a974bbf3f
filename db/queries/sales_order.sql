-- name: SalesOrderInsert :execrows
INSERT INTO sales_order (tenant_id, sales_order_id, code, customer_id, content, revision)
VALUES (@tenant_id, @sales_order_id, @code, @customer_id, @content, 0)
ON CONFLICT (tenant_id, code) DO NOTHING;

-- name: SalesOrderLock :one
-- The document lock: taken by whoever changes the order or ships on it. Nothing
-- is joined by a column that changes: after a wait for the lock, PostgreSQL puts
-- the new row beside what was joined to the old one, and would find no match.
SELECT sales_order_id, customer_id
FROM sales_order
WHERE tenant_id = @tenant_id AND code = @code
FOR NO KEY UPDATE;

-- name: SalesOrderGetCustomer :one
SELECT party.code
FROM sales_order
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = sales_order.customer_id
WHERE sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = @sales_order_id;

-- name: SalesOrderUpdate :exec
UPDATE sales_order
SET customer_id = @customer_id, content = @content, revision = @revision
WHERE tenant_id = @tenant_id AND sales_order_id = @sales_order_id;

-- name: SalesOrderGet :one
SELECT sales_order_id, content, revision
FROM sales_order
WHERE tenant_id = @tenant_id AND code = @code;

-- name: SalesOrderLineList :many
-- With whether anything was shipped on it, or is reserved for it.
SELECT line.line_number, line.item_id, item.sku, item.base_unit, line.quantity,
       EXISTS (SELECT FROM shipment_line
               WHERE shipment_line.tenant_id = @tenant_id AND shipment_line.sales_order_id = line.sales_order_id
                 AND shipment_line.order_line_number = line.line_number) AS shipped,
       EXISTS (SELECT FROM reservation
               WHERE reservation.tenant_id = @tenant_id AND reservation.sales_order_id = line.sales_order_id
                 AND reservation.order_line_number = line.line_number AND reservation.quantity > 0 AND reservation.expires_at > now()) AS reserved
FROM sales_order_line AS line
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = line.item_id
WHERE line.tenant_id = @tenant_id AND line.sales_order_id = @sales_order_id
ORDER BY line.line_number;

-- name: SalesOrderLineDelete :exec
DELETE FROM sales_order_line
WHERE tenant_id = @tenant_id AND sales_order_id = @sales_order_id AND NOT line_number = ANY (@kept::integer[]);

-- name: SalesOrderLineUpsert :exec
INSERT INTO sales_order_line (tenant_id, sales_order_id, line_number, item_id, quantity)
SELECT @tenant_id, @sales_order_id, line.line_number, line.item_id, line.quantity
FROM unnest(@line_numbers::integer[], @item_ids::bigint[], @quantities::numeric[]) AS line (line_number, item_id, quantity)
ON CONFLICT (tenant_id, sales_order_id, line_number) DO UPDATE
SET item_id = excluded.item_id, quantity = excluded.quantity;

-- name: SalesOrderHasShipment :one
SELECT EXISTS (SELECT FROM shipment WHERE tenant_id = @tenant_id AND sales_order_id = @sales_order_id);

-- name: SalesOrderLineListShipped :many
-- Ordered and shipped, line by line.
SELECT line.line_number, item.base_unit, line.quantity AS ordered,
       (SELECT coalesce(sum(movement.quantity), 0)
        FROM shipment_line
        JOIN movement ON movement.tenant_id = @tenant_id AND movement.shipment_line_id = shipment_line.shipment_line_id
        WHERE shipment_line.tenant_id = @tenant_id AND shipment_line.sales_order_id = line.sales_order_id
          AND shipment_line.order_line_number = line.line_number)::numeric AS shipped
FROM sales_order_line AS line
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = line.item_id
WHERE line.tenant_id = @tenant_id AND line.sales_order_id = @sales_order_id
ORDER BY line.line_number;

-- name: SalesOrderListItem :many
-- Whose the order is and the item of each line, to be read while it is locked.
SELECT party.party_id, party.code, party.name, line.line_number, item.sku
FROM sales_order
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = sales_order.customer_id
LEFT JOIN sales_order_line AS line ON line.tenant_id = @tenant_id AND line.sales_order_id = sales_order.sales_order_id
LEFT JOIN item ON item.tenant_id = @tenant_id AND item.item_id = line.item_id
WHERE sales_order.tenant_id = @tenant_id AND sales_order.code = @code;

-- name: SalesOrderLineListByKey :many
-- Orders, with the items of these lines of theirs; null where there is no such line.
SELECT k.code::text AS code, sales_order.sales_order_id, k.number::integer AS line_number, item.sku
FROM unnest(@codes::text[], @numbers::integer[]) AS k (code, number)
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.code = k.code
LEFT JOIN sales_order_line AS line ON line.tenant_id = @tenant_id AND line.sales_order_id = sales_order.sales_order_id AND line.line_number = k.number
LEFT JOIN item ON item.tenant_id = @tenant_id AND item.item_id = line.item_id;
