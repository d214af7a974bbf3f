-- name: ShipmentExists :one
SELECT EXISTS (SELECT FROM shipment WHERE tenant_id = @tenant_id AND code = @code);

-- name: ShipmentInsert :exec
INSERT INTO shipment (tenant_id, shipment_id, code, sales_order_id, customer_id, carrier_id, shipped_at, delivery_date, document_references)
VALUES (@tenant_id, @shipment_id, @code, sqlc.narg('sales_order_id'), @customer_id, sqlc.narg('carrier_id'), @shipped_at, sqlc.narg('delivery_date'), @document_references);

-- name: ShipmentLineInsert :exec
INSERT INTO shipment_line (tenant_id, shipment_line_id, shipment_id, line_number, sales_order_id, order_line_number)
SELECT @tenant_id, line.shipment_line_id, @shipment_id, line.line_number,
       CASE WHEN line.order_line_number > 0 THEN sqlc.narg('sales_order_id')::bigint END, nullif(line.order_line_number, 0)
FROM unnest(@shipment_line_ids::bigint[], @line_numbers::integer[], @order_line_numbers::integer[])
    AS line (shipment_line_id, line_number, order_line_number);

-- name: ShipmentGet :one
SELECT shipment.shipment_id, shipment.code, sales_order.code AS sales_order_code, customer.code AS customer_code,
       customer.name AS customer_name, carrier.code AS carrier_code, shipment.shipped_at, shipment.delivery_date,
       shipment.document_references, operation.recorded_at, operation.principal
FROM shipment
JOIN operation ON operation.tenant_id = @tenant_id AND operation.shipment_id = shipment.shipment_id
JOIN party AS customer ON customer.tenant_id = @tenant_id AND customer.party_id = shipment.customer_id
LEFT JOIN party AS carrier ON carrier.tenant_id = @tenant_id AND carrier.party_id = shipment.carrier_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment.sales_order_id
WHERE shipment.tenant_id = @tenant_id AND shipment.code = @code;

-- name: ShipmentListLine :many
-- One row a lot: several for a line that drew inferred lots. With the dates that the
-- lots had then.
SELECT coalesce(line.order_line_number, 0)::integer AS order_line_number, item.sku, item.name AS item_name, item.base_unit, item.weight_unit,
       lot.lot_code, lot.supplier_lot_code, dates.best_before_date, dates.expiry_date, location.code AS location_code, movement.quantity,
       movement.entered_quantity, movement.entered_unit, coalesce(movement.weight, 0)::numeric AS weight, movement.movement_id
FROM shipment_line AS line
JOIN movement ON movement.tenant_id = @tenant_id AND movement.shipment_line_id = line.shipment_line_id AND movement.quantity > 0
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = movement.from_location_id
CROSS JOIN LATERAL (
    SELECT c.number, c.old_best_before_date AS best_before_date, c.old_expiry_date AS expiry_date
    FROM lot_date_change AS c
    JOIN operation AS changed ON changed.tenant_id = @tenant_id AND changed.operation_id = c.operation_id
    WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id AND changed.recorded_at > movement.recorded_at
    UNION ALL
    SELECT 2147483647, lot.best_before_date, lot.expiry_date
    ORDER BY number
    LIMIT 1
) AS dates
WHERE line.tenant_id = @tenant_id AND line.shipment_id = @shipment_id
ORDER BY line.line_number, movement.movement_id;
