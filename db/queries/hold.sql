-- name: HoldList :many
-- By number, after the given one.
SELECT hold.number, hold.reason, location.code AS location_code, hold.reason_code, hold.until, recall.case_number, placed.principal AS placed_by, placed.recorded_at AS placed_at,
       released.reason AS release_reason, released.principal AS released_by, released.recorded_at AS released_at
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
LEFT JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.number > @after_number
  AND (NOT @active_only::boolean OR hold.released_operation_id IS NULL)
ORDER BY hold.number
LIMIT @row_limit;

-- name: HoldGet :one
SELECT hold.number, hold.reason, location.code AS location_code, hold.reason_code, hold.until, hold.recall_id, recall.case_number, recall.state AS recall_state, placed.principal AS placed_by, placed.recorded_at AS placed_at
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.number = @number;

-- name: HoldScopeOfSupplierLot :many
-- The lots that came under a supplier's lot code.
SELECT lot.lot_id
FROM lot
WHERE lot.tenant_id = @tenant_id AND lot.supplier_id = @supplier_id::bigint AND lot.supplier_lot_code = @supplier_lot_code
ORDER BY lot.lot_id
LIMIT @row_limit;

-- name: HoldScopeOfReceipt :many
-- The lots that a receipt brought, unless that was taken back.
SELECT movement.lot_id
FROM receipt
JOIN receipt_line ON receipt_line.tenant_id = @tenant_id AND receipt_line.receipt_id = receipt.receipt_id
JOIN movement ON movement.tenant_id = @tenant_id AND movement.receipt_line_id = receipt_line.receipt_line_id
WHERE receipt.tenant_id = @tenant_id AND receipt.code = @code
GROUP BY movement.lot_id
HAVING sum(movement.quantity) > 0
ORDER BY movement.lot_id
LIMIT @row_limit;

-- name: HoldReceiptExists :one
SELECT EXISTS (SELECT FROM receipt WHERE tenant_id = @tenant_id AND code = @code);
