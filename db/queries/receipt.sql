-- name: ReceiptInsert :exec
INSERT INTO receipt (tenant_id, receipt_id, code, purchase_order_id, received_at, document_references)
SELECT @tenant_id, @receipt_id, @code, purchase_order.purchase_order_id, @received_at, @document_references
FROM purchase_order
WHERE purchase_order.tenant_id = @tenant_id AND purchase_order.code = @purchase_order_code;

-- name: ReceiptLineInsert :exec
-- Costs and temperatures come as text, since an array of numbers holds no nulls
-- on its way here: empty is none.
INSERT INTO receipt_line (tenant_id, receipt_line_id, receipt_id, line_number, purchase_order_id, order_line_number,
                          unit_cost, cost_currency, cost_unit, temperature_celsius, added_to_existing)
SELECT @tenant_id, l.receipt_line_id, @receipt_id, l.line_number, @purchase_order_id, l.order_line_number,
       nullif(l.unit_cost, '')::numeric, nullif(l.cost_currency, ''), nullif(l.cost_unit, ''),
       nullif(l.temperature_celsius, '')::numeric, l.added_to_existing
FROM unnest(@receipt_line_ids::bigint[], @line_numbers::integer[], @order_line_numbers::integer[], @unit_costs::text[],
            @cost_currencies::text[], @cost_units::text[], @temperatures_celsius::text[], @added_to_existing::boolean[])
    AS l (receipt_line_id, line_number, order_line_number, unit_cost, cost_currency, cost_unit, temperature_celsius, added_to_existing);

-- name: ReceiptVarianceInsert :exec
INSERT INTO receipt_variance (tenant_id, receipt_id, order_line_number, ordered_quantity, received_quantity)
SELECT @tenant_id, @receipt_id, v.order_line_number, v.ordered_quantity, v.received_quantity
FROM unnest(@order_line_numbers::integer[], @ordered_quantities::numeric[], @received_quantities::numeric[])
    AS v (order_line_number, ordered_quantity, received_quantity);

-- name: ReceiptGet :one
SELECT receipt.receipt_id, receipt.code, purchase_order.code AS purchase_order_code, party.code AS supplier_code,
       receipt.received_at, receipt.document_references, operation.recorded_at, operation.principal
FROM receipt
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt.purchase_order_id
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = purchase_order.supplier_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.receipt_id = receipt.receipt_id AND operation.kind = 'receipt'
WHERE receipt.tenant_id = @tenant_id AND receipt.code = @code;

-- name: ReceiptLineList :many
-- With the dates that the lots had then.
SELECT r.order_line_number, item.sku, lot.lot_code, lot.supplier_lot_code, movement.entered_quantity, movement.entered_unit,
       item.weight_unit, coalesce(movement.weight, 0)::numeric AS weight, location.code AS location_code, dates.production_date, dates.best_before_date, dates.expiry_date, dates.removal_date, r.unit_cost, r.cost_currency, r.cost_unit,
       r.temperature_celsius, r.added_to_existing
FROM receipt_line r
JOIN movement ON movement.tenant_id = @tenant_id AND movement.receipt_line_id = r.receipt_line_id AND movement.quantity > 0
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = movement.to_location_id
CROSS JOIN LATERAL (
    SELECT c.number, c.old_production_date AS production_date, c.old_best_before_date AS best_before_date, c.old_expiry_date AS expiry_date, c.old_removal_date AS removal_date
    FROM lot_date_change AS c
    JOIN operation AS changed ON changed.tenant_id = @tenant_id AND changed.operation_id = c.operation_id
    WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id AND changed.recorded_at > movement.recorded_at
    UNION ALL
    SELECT 2147483647, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date
    ORDER BY number
    LIMIT 1
) AS dates
WHERE r.tenant_id = @tenant_id AND r.receipt_id = @receipt_id
ORDER BY r.line_number;

-- name: ReceiptVarianceList :many
SELECT v.order_line_number, v.ordered_quantity, v.received_quantity, item.base_unit
FROM receipt_variance v
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = v.receipt_id
JOIN purchase_order_line l ON l.tenant_id = @tenant_id AND l.purchase_order_id = receipt.purchase_order_id AND l.line_number = v.order_line_number
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
WHERE v.tenant_id = @tenant_id AND v.receipt_id = @receipt_id
ORDER BY v.order_line_number;

-- name: ReceiptPlace :one
-- Where a receipt stands in the lists: the key that a page goes on behind.
SELECT operation.recorded_at, operation.operation_id
FROM receipt
JOIN operation ON operation.tenant_id = @tenant_id AND operation.receipt_id = receipt.receipt_id AND operation.kind = 'receipt'
WHERE receipt.tenant_id = @tenant_id AND receipt.code = @code;

-- name: ReceiptList :many
-- The latest recorded first, by operation_receipt_recorded_idx.
SELECT receipt.receipt_id, receipt.code, purchase_order.code AS purchase_order_code, party.code AS supplier_code,
       receipt.received_at, receipt.document_references, operation.recorded_at, operation.principal
FROM operation
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = operation.receipt_id
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt.purchase_order_id
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = purchase_order.supplier_id
WHERE operation.tenant_id = @tenant_id AND operation.kind = 'receipt'
  AND (operation.recorded_at, operation.operation_id) < (@before_recorded_at::timestamptz, @before_operation_id::bigint)
ORDER BY operation.recorded_at DESC, operation.operation_id DESC
LIMIT @row_limit;

-- name: ReceiptListOfOrder :many
-- As ReceiptList, but from the order's receipts, which are few.
SELECT receipt.receipt_id, receipt.code, purchase_order.code AS purchase_order_code, party.code AS supplier_code,
       receipt.received_at, receipt.document_references, operation.recorded_at, operation.principal
FROM purchase_order
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = purchase_order.supplier_id
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.purchase_order_id = purchase_order.purchase_order_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.receipt_id = receipt.receipt_id AND operation.kind = 'receipt'
WHERE purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = @purchase_order_id
  AND (operation.recorded_at, operation.operation_id) < (@before_recorded_at::timestamptz, @before_operation_id::bigint)
ORDER BY operation.recorded_at DESC, operation.operation_id DESC
LIMIT @row_limit;

-- name: SupplierCodeList :many
-- No lock: codes never change.
SELECT party_id, code
FROM party
WHERE tenant_id = @tenant_id AND party_id = ANY (@party_ids::bigint[]);
