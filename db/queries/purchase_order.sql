-- name: PurchaseOrderInsert :execrows
INSERT INTO purchase_order (tenant_id, purchase_order_id, code, supplier_id, content, revision)
VALUES (@tenant_id, @purchase_order_id, @code, @supplier_id, @content, 1)
ON CONFLICT (tenant_id, code) DO NOTHING;

-- name: PurchaseOrderLock :one
-- The document lock of receiving. It joins nothing: a row that changed while
-- the lock was waited for would be joined with what it referred to before.
SELECT purchase_order_id, supplier_id, revision
FROM purchase_order
WHERE tenant_id = @tenant_id AND code = @code
FOR NO KEY UPDATE;

-- name: PurchaseOrderUpdate :exec
UPDATE purchase_order
SET supplier_id = @supplier_id, content = @content, revision = @revision
WHERE tenant_id = @tenant_id AND purchase_order_id = @purchase_order_id;

-- name: PurchaseOrderGet :one
SELECT purchase_order_id, content, revision
FROM purchase_order
WHERE tenant_id = @tenant_id AND code = @code;

-- name: PurchaseOrderLineListForChange :many
-- The lines as they stand, and whether something was received against them.
SELECT l.line_number, item.sku,
       EXISTS (SELECT FROM receipt_line r
               WHERE r.tenant_id = @tenant_id AND r.purchase_order_id = l.purchase_order_id
                 AND r.order_line_number = l.line_number) AS received
FROM purchase_order_line l
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
WHERE l.tenant_id = @tenant_id AND l.purchase_order_id = @purchase_order_id
ORDER BY l.line_number;

-- name: PurchaseOrderLineUpsert :exec
INSERT INTO purchase_order_line (tenant_id, purchase_order_id, line_number, item_id, quantity)
SELECT @tenant_id, @purchase_order_id, l.line_number, l.item_id, l.quantity
FROM unnest(@line_numbers::integer[], @item_ids::bigint[], @quantities::numeric[]) AS l (line_number, item_id, quantity)
ON CONFLICT (tenant_id, purchase_order_id, line_number)
DO UPDATE SET item_id = excluded.item_id, quantity = excluded.quantity
WHERE (purchase_order_line.item_id, purchase_order_line.quantity) IS DISTINCT FROM (excluded.item_id, excluded.quantity);

-- name: PurchaseOrderLineDeleteOthers :exec
DELETE FROM purchase_order_line
WHERE tenant_id = @tenant_id AND purchase_order_id = @purchase_order_id AND line_number <> ALL (@line_numbers::integer[]);

-- name: PurchaseOrderLineListByNumber :many
-- Ordered, and received until now, and with whom the order was placed. Whoever receives
-- has the order locked.
SELECT l.line_number, item.sku, l.quantity, coalesce(sum(movement.quantity), 0)::numeric AS received, party.party_id, party.code
FROM purchase_order
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = purchase_order.supplier_id
JOIN purchase_order_line l ON l.tenant_id = @tenant_id AND l.purchase_order_id = purchase_order.purchase_order_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
LEFT JOIN receipt_line r ON r.tenant_id = @tenant_id AND r.purchase_order_id = l.purchase_order_id AND r.order_line_number = l.line_number
LEFT JOIN movement ON movement.tenant_id = @tenant_id AND movement.receipt_line_id = r.receipt_line_id
WHERE purchase_order.tenant_id = @tenant_id AND purchase_order.code = @code AND l.line_number = ANY (@line_numbers::integer[])
GROUP BY l.line_number, item.sku, l.quantity, party.party_id, party.code
ORDER BY l.line_number;

-- name: PurchaseOrderLineStatusList :many
SELECT l.line_number, item.sku, item.base_unit, l.quantity, coalesce(sum(movement.quantity), 0)::numeric AS received
FROM purchase_order_line l
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
LEFT JOIN receipt_line r ON r.tenant_id = @tenant_id AND r.purchase_order_id = l.purchase_order_id AND r.order_line_number = l.line_number
LEFT JOIN movement ON movement.tenant_id = @tenant_id AND movement.receipt_line_id = r.receipt_line_id
WHERE l.tenant_id = @tenant_id AND l.purchase_order_id = @purchase_order_id
GROUP BY l.line_number, item.sku, item.base_unit, l.quantity
ORDER BY l.line_number;

-- name: PurchaseOrderLotList :many
-- What was received in which lots, at most so many rows a line and so many in all,
-- the earliest recorded first; lines take turns, so that each has its share.
SELECT ranked.order_line_number, ranked.lots_of_line, ranked.sku, ranked.base_unit, ranked.lot_code, ranked.supplier_lot_code, ranked.receipt_code, ranked.quantity, ranked.weight_unit, ranked.weight, ranked.received_at
FROM (
    SELECT r.order_line_number, item.sku, item.base_unit, lot.lot_code, lot.supplier_lot_code,
           receipt.code AS receipt_code, movement.quantity, item.weight_unit, coalesce(movement.weight, 0)::numeric AS weight, receipt.received_at,
           row_number() OVER (PARTITION BY r.order_line_number ORDER BY operation.recorded_at, operation.operation_id, r.line_number) AS place,
           count(*) OVER (PARTITION BY r.order_line_number) AS lots_of_line
    FROM receipt_line r
    JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = r.receipt_id
    JOIN movement ON movement.tenant_id = @tenant_id AND movement.receipt_line_id = r.receipt_line_id AND movement.quantity > 0
        AND NOT EXISTS (SELECT FROM movement AS reversal WHERE reversal.tenant_id = @tenant_id AND reversal.reverses_movement_id = movement.movement_id)
    JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = movement.operation_id
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
    WHERE r.tenant_id = @tenant_id AND r.purchase_order_id = @purchase_order_id
) AS ranked
WHERE ranked.place <= @rows_per_line::bigint
ORDER BY ranked.place, ranked.order_line_number
LIMIT @row_limit;
