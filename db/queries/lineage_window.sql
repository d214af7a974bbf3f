-- The walk through a window of time (package lineage): edges and endpoints as in lineage.sql,
-- but with the quantity and times of what moved within the window; a quantity of 0 says that
-- there is an edge or endpoint, and nothing of it moved within. Behind the tenant come, in
-- this order in each, the window, and what is seen of the ledger as in lineage_filter.sql.

-- name: LineageWindowConsumptionListByLot :many
SELECT movement.run_id::bigint AS run_id, movement.lot_id, coalesce(sum(movement.quantity) FILTER (WHERE moved_at.inside), 0)::numeric AS quantity,
       coalesce(min(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), min(movement.occurred_at))::timestamptz AS first_at,
       coalesce(max(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), max(movement.occurred_at))::timestamptz AS last_at
FROM movement
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
CROSS JOIN LATERAL (
    SELECT coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
) AS moved_at
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'consumption'
GROUP BY movement.run_id, movement.lot_id
HAVING sum(movement.quantity) > 0;

-- name: LineageWindowConsumptionListByRun :many
SELECT movement.run_id::bigint AS run_id, movement.lot_id, coalesce(sum(movement.quantity) FILTER (WHERE moved_at.inside), 0)::numeric AS quantity,
       coalesce(min(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), min(movement.occurred_at))::timestamptz AS first_at,
       coalesce(max(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), max(movement.occurred_at))::timestamptz AS last_at
FROM movement
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
CROSS JOIN LATERAL (
    SELECT coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
) AS moved_at
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'consumption'
GROUP BY movement.run_id, movement.lot_id
HAVING sum(movement.quantity) > 0;

-- name: LineageWindowOutputListByLot :many
SELECT movement.run_id::bigint AS run_id, movement.lot_id, coalesce(sum(movement.quantity) FILTER (WHERE moved_at.inside), 0)::numeric AS quantity,
       coalesce(min(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), min(movement.occurred_at))::timestamptz AS first_at,
       coalesce(max(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), max(movement.occurred_at))::timestamptz AS last_at
FROM movement
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
CROSS JOIN LATERAL (
    SELECT coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
) AS moved_at
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'output'
GROUP BY movement.run_id, movement.lot_id
HAVING sum(movement.quantity) > 0;

-- name: LineageWindowOutputListByRun :many
SELECT movement.run_id::bigint AS run_id, movement.lot_id, coalesce(sum(movement.quantity) FILTER (WHERE moved_at.inside), 0)::numeric AS quantity,
       coalesce(min(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), min(movement.occurred_at))::timestamptz AS first_at,
       coalesce(max(movement.occurred_at) FILTER (WHERE moved_at.inside AND movement.quantity > 0), max(movement.occurred_at))::timestamptz AS last_at
FROM movement
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
CROSS JOIN LATERAL (
    SELECT coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
) AS moved_at
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'output'
GROUP BY movement.run_id, movement.lot_id
HAVING sum(movement.quantity) > 0;

-- name: LineageWindowReceiptList :many
SELECT moved.lot_id, moved.quantity, receipt.code AS receipt_code, receipt.received_at,
       purchase_order.code AS purchase_order_code, receipt_line.order_line_number, purchase_order.supplier_id
FROM (
    SELECT movement.lot_id, movement.receipt_line_id, coalesce(sum(movement.quantity) FILTER (WHERE moved_at.inside), 0)::numeric AS quantity
    FROM movement
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    CROSS JOIN LATERAL (
        SELECT coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
    ) AS moved_at
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'receipt'
    GROUP BY movement.lot_id, movement.receipt_line_id
    HAVING sum(movement.quantity) > 0
) AS moved
JOIN receipt_line ON receipt_line.tenant_id = @tenant_id AND receipt_line.receipt_line_id = moved.receipt_line_id
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = receipt_line.receipt_id
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt_line.purchase_order_id
ORDER BY moved.lot_id, moved.receipt_line_id;

-- name: LineageWindowShipmentList :many
SELECT moved.lot_id, moved.quantity, shipment.code AS shipment_code, shipment.shipped_at, shipment.delivery_date,
       shipment.customer_id, sales_order.code AS sales_order_code, shipment_line.order_line_number
FROM (
    SELECT movement.lot_id, movement.shipment_line_id, coalesce(sum(movement.quantity) FILTER (WHERE moved_at.inside), 0)::numeric AS quantity
    FROM movement
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    CROSS JOIN LATERAL (
        SELECT coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
    ) AS moved_at
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'shipment'
    GROUP BY movement.lot_id, movement.shipment_line_id
    HAVING sum(movement.quantity) > 0
) AS moved
JOIN shipment_line ON shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = moved.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment_line.sales_order_id
ORDER BY moved.lot_id, moved.shipment_line_id;
