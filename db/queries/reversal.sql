-- Taking operations back: which one, what it moved, and what came of that.

-- name: ReversalOfLog :one
SELECT operation_id
FROM log
WHERE tenant_id = @tenant_id AND log_index = @log_index;

-- name: ReversalOfReceipt :one
SELECT operation.operation_id
FROM receipt
JOIN operation ON operation.tenant_id = @tenant_id AND operation.receipt_id = receipt.receipt_id AND operation.kind = 'receipt'
WHERE receipt.tenant_id = @tenant_id AND receipt.code = @code;

-- name: ReversalOfShipment :one
SELECT operation.operation_id
FROM shipment
JOIN operation ON operation.tenant_id = @tenant_id AND operation.shipment_id = shipment.shipment_id AND operation.kind = 'shipment'
WHERE shipment.tenant_id = @tenant_id AND shipment.code = @code;

-- name: ReversalOperationGet :one
-- An operation, with the documents that are to be locked.
SELECT operation.kind, operation.recorded_at, operation.run_id, coalesce(receipt.code, '')::text AS receipt_code, coalesce(shipment.code, '')::text AS shipment_code,
       coalesce(purchase_order.code, '')::text AS purchase_order_code, coalesce(sales_order.code, '')::text AS sales_order_code,
       coalesce(production_order.code, '')::text AS production_order_code, coalesce(run.code, '')::text AS run_code,
       coalesce(adjustment.reason_code, '')::text AS reason_code, coalesce(stock_count.code, '')::text AS count_code
FROM operation
LEFT JOIN adjustment ON adjustment.tenant_id = @tenant_id AND adjustment.operation_id = operation.operation_id
LEFT JOIN stock_count ON stock_count.tenant_id = @tenant_id AND stock_count.count_id = adjustment.count_id
LEFT JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = operation.receipt_id
LEFT JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt.purchase_order_id
LEFT JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = operation.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment.sales_order_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = operation.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE operation.tenant_id = @tenant_id AND operation.operation_id = @operation_id;

-- name: ReversalGet :one
-- The reversal of an operation, to be read while the lots are locked.
SELECT operation.recorded_at, operation.principal, operation.reason
FROM operation
WHERE operation.tenant_id = @tenant_id AND operation.reverses_operation_id = @operation_id;

-- name: ReversalListMovement :many
SELECT movement.movement_id, movement.kind, movement.lot_id, movement.quantity, coalesce(movement.weight, 0)::numeric AS weight, movement.entered_quantity, movement.entered_unit,
       movement.from_location_id, from_location.code AS from_code, movement.to_location_id, to_location.code AS to_code,
       coalesce(movement.receipt_line_id, 0)::bigint AS receipt_line_id, coalesce(movement.shipment_line_id, 0)::bigint AS shipment_line_id,
       coalesce(output_share.share, 0)::numeric AS share
FROM movement
JOIN location AS from_location ON from_location.tenant_id = @tenant_id AND from_location.location_id = movement.from_location_id
JOIN location AS to_location ON to_location.tenant_id = @tenant_id AND to_location.location_id = movement.to_location_id
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
WHERE movement.tenant_id = @tenant_id AND movement.operation_id = @operation_id
ORDER BY movement.movement_id;

-- name: ReversalListUse :many
-- What took of a lot at a location since, and was not taken back: the latest first,
-- for it is to be taken back first.
SELECT movement.kind, movement.quantity, movement.entered_quantity, movement.entered_unit, operation.recorded_at, coalesce(log.log_index, 0)::bigint AS log_index,
       coalesce(shipment.code, '')::text AS shipment_code, coalesce(production_order.code, '')::text AS production_order_code, coalesce(run.code, '')::text AS run_code,
       to_location.code AS to_code
FROM movement
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = movement.operation_id
JOIN location AS to_location ON to_location.tenant_id = @tenant_id AND to_location.location_id = movement.to_location_id
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
LEFT JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = operation.shipment_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = operation.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.from_location_id = @location_id AND movement.quantity > 0
  AND operation.recorded_at > @recorded_at
  AND NOT EXISTS (SELECT FROM movement AS reversal WHERE reversal.tenant_id = @tenant_id AND reversal.reverses_movement_id = movement.movement_id)
ORDER BY operation.recorded_at DESC, movement.movement_id DESC
LIMIT @row_limit;

-- name: ReversalGetOfReceipt :one
SELECT reversal.recorded_at, reversal.principal, reversal.reason
FROM operation
JOIN operation AS reversal ON reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = operation.operation_id
WHERE operation.tenant_id = @tenant_id AND operation.receipt_id = @receipt_id;

-- name: ReversalGetOfShipment :one
SELECT reversal.recorded_at, reversal.principal, reversal.reason
FROM operation
JOIN operation AS reversal ON reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = operation.operation_id
WHERE operation.tenant_id = @tenant_id AND operation.shipment_id = @shipment_id;

-- name: ReversalListRecallOfRun :many
-- The recalls that have marked a run, to be read while it is locked, and of each a lot
-- that it has released and into which all goes that the run puts out of an untracked item.
SELECT recall.case_number, recall.state, coalesce((
           SELECT lot.lot_code
           FROM movement
           JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
           JOIN hold ON hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id
           WHERE movement.tenant_id = @tenant_id AND movement.run_id = recall_run.run_id AND movement.kind = 'output'
             AND lot.inferred AND hold.recall_id = recall.recall_id AND hold.released_operation_id IS NOT NULL
           LIMIT 1), '')::text AS released_lot_code
FROM recall_run
JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = recall_run.recall_id
WHERE recall_run.tenant_id = @tenant_id AND recall_run.run_id = @run_id::bigint
ORDER BY recall.case_number;
