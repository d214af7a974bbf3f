-- The walk of the past, and through a window of time: package lineage takes this set or that
-- of lineage.sql. The columns are the same; between the tenant and the ids comes what is seen
-- of the ledger, as parameters in this order in each: an index of the log, the last that is
-- seen; operations beyond it that are seen, too; and a moment, so that what occurred later is
-- not. The greatest index there can be is all, in the log or not, and so is infinity.
--
-- Those that find edges and endpoints begin with the window, infinite at both ends if there is
-- none: their quantities and times are of what moved within. A quantity of 0 says that there
-- is an edge or endpoint, and nothing of it moved within; the times then say nothing.
--
-- A reversal counts as of the time of what it takes back, which so has never happened.
-- These also read each movement's row, for its operation, and that one's place in the log.

-- name: LineagePastConsumptionListByLot :many
SELECT moved.run_id::bigint AS run_id, moved.lot_id, coalesce(sum(moved.quantity) FILTER (WHERE moved.inside), 0)::numeric AS quantity,
       coalesce(min(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS first_at,
       coalesce(max(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS last_at
FROM (
    -- What was taken back is 0 at its time, and nothing is ever below.
    SELECT movement.run_id, movement.lot_id, coalesce(taken.occurred_at, movement.occurred_at) AS moment, sum(movement.quantity) AS quantity,
           coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'consumption'
    GROUP BY movement.run_id, movement.lot_id, moment
    HAVING sum(movement.quantity) > 0
) AS moved
GROUP BY moved.lot_id, moved.run_id;

-- name: LineagePastConsumptionListByRun :many
SELECT moved.run_id::bigint AS run_id, moved.lot_id, coalesce(sum(moved.quantity) FILTER (WHERE moved.inside), 0)::numeric AS quantity,
       coalesce(min(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS first_at,
       coalesce(max(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS last_at
FROM (
    -- What was taken back is 0 at its time, and nothing is ever below.
    SELECT movement.run_id, movement.lot_id, coalesce(taken.occurred_at, movement.occurred_at) AS moment, sum(movement.quantity) AS quantity,
           coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'consumption'
    GROUP BY movement.run_id, movement.lot_id, moment
    HAVING sum(movement.quantity) > 0
) AS moved
GROUP BY moved.run_id, moved.lot_id;

-- name: LineagePastOutputListByLot :many
SELECT moved.run_id::bigint AS run_id, moved.lot_id, coalesce(sum(moved.quantity) FILTER (WHERE moved.inside), 0)::numeric AS quantity,
       coalesce(min(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS first_at,
       coalesce(max(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS last_at
FROM (
    -- What was taken back is 0 at its time, and nothing is ever below.
    SELECT movement.run_id, movement.lot_id, coalesce(taken.occurred_at, movement.occurred_at) AS moment, sum(movement.quantity) AS quantity,
           coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'output'
    GROUP BY movement.run_id, movement.lot_id, moment
    HAVING sum(movement.quantity) > 0
) AS moved
GROUP BY moved.lot_id, moved.run_id;

-- name: LineagePastOutputListByRun :many
SELECT moved.run_id::bigint AS run_id, moved.lot_id, coalesce(sum(moved.quantity) FILTER (WHERE moved.inside), 0)::numeric AS quantity,
       coalesce(min(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS first_at,
       coalesce(max(moved.moment) FILTER (WHERE moved.inside), 'epoch')::timestamptz AS last_at
FROM (
    -- What was taken back is 0 at its time, and nothing is ever below.
    SELECT movement.run_id, movement.lot_id, coalesce(taken.occurred_at, movement.occurred_at) AS moment, sum(movement.quantity) AS quantity,
           coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until AS inside
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'output'
    GROUP BY movement.run_id, movement.lot_id, moment
    HAVING sum(movement.quantity) > 0
) AS moved
GROUP BY moved.run_id, moved.lot_id;

-- name: LineagePastLotList :many
-- A lot's dates were those that the first change that is not seen found.
SELECT lot.lot_id, lot.item_id, lot.lot_code, item.sku, item.name AS item_name, item.base_unit, item.weight_unit,
       lot.inferred, lot.supplier_lot_code, dates.expiry_date,
       (SELECT count(*)
        FROM hold
        JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
        LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = hold.placed_operation_id
        WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id
          AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR hold.placed_operation_id = ANY (@operation_ids::bigint[]))
          AND placed.occurred_at <= @as_of
          AND NOT EXISTS (
              SELECT FROM operation AS released
              LEFT JOIN log AS release ON release.tenant_id = @tenant_id AND release.operation_id = released.operation_id
              WHERE released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
                AND (coalesce(release.log_index, 9223372036854775807) <= @log_index OR released.operation_id = ANY (@operation_ids::bigint[]))
                AND released.occurred_at <= @as_of))::integer AS hold_count
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
CROSS JOIN LATERAL (
    SELECT c.number, c.old_expiry_date AS expiry_date
    FROM lot_date_change AS c
    JOIN operation AS changed ON changed.tenant_id = @tenant_id AND changed.operation_id = c.operation_id
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = c.operation_id
    WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id
      AND NOT ((coalesce(log.log_index, 9223372036854775807) <= @log_index OR c.operation_id = ANY (@operation_ids::bigint[])) AND changed.occurred_at <= @as_of)
    UNION ALL
    SELECT 2147483647, lot.expiry_date
    ORDER BY number
    LIMIT 1
) AS dates
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[])
ORDER BY lot.lot_id;

-- name: LineagePastStockList :many
-- Balances are of now: these are the sums of what had moved.
SELECT movement.lot_id, location.code AS location_code, sum(side.quantity)::numeric AS on_hand, sum(side.weight)::numeric AS weight
FROM movement
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
CROSS JOIN LATERAL (VALUES (movement.to_location_id, movement.quantity, movement.weight), (movement.from_location_id, -movement.quantity, -movement.weight)) AS side (location_id, quantity, weight)
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = side.location_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND location.kind <> 'virtual'
GROUP BY movement.lot_id, location.location_id, location.code
HAVING sum(side.quantity) > 0
ORDER BY movement.lot_id, location.location_id;

-- name: LineagePastRunList :many
SELECT run.run_id, run.code, production_order.code AS production_order_code, run.started_at,
       finish.finished_at
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
LEFT JOIN LATERAL (
    -- The finish that is not taken back: there is one at most.
    SELECT operation.occurred_at AS finished_at
    FROM operation
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = operation.operation_id
    WHERE operation.tenant_id = @tenant_id AND operation.run_id = run.run_id AND operation.kind = 'run_finish'
      AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR operation.operation_id = ANY (@operation_ids::bigint[]))
      AND operation.occurred_at <= @as_of
      AND NOT EXISTS (
          SELECT FROM operation AS reversal
          LEFT JOIN log AS taken ON taken.tenant_id = @tenant_id AND taken.operation_id = reversal.operation_id
          WHERE reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = operation.operation_id
            AND (coalesce(taken.log_index, 9223372036854775807) <= @log_index OR reversal.operation_id = ANY (@operation_ids::bigint[])))
    LIMIT 1
) AS finish ON true
WHERE run.tenant_id = @tenant_id AND run.run_id = ANY (@run_ids::bigint[])
ORDER BY run.run_id;

-- name: LineagePastReceiptList :many
SELECT moved.lot_id, moved.quantity, receipt.code AS receipt_code, receipt.received_at,
       purchase_order.code AS purchase_order_code, receipt_line.order_line_number, purchase_order.supplier_id
FROM (
    SELECT movement.lot_id, movement.receipt_line_id, coalesce(sum(movement.quantity) FILTER (WHERE
        coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until), 0)::numeric AS quantity
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
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

-- name: LineagePastShipmentList :many
SELECT moved.lot_id, moved.quantity, shipment.code AS shipment_code, shipment.shipped_at, shipment.delivery_date,
       shipment.customer_id, sales_order.code AS sales_order_code, shipment_line.order_line_number
FROM (
    SELECT movement.lot_id, movement.shipment_line_id, coalesce(sum(movement.quantity) FILTER (WHERE
        coalesce(taken.occurred_at, movement.occurred_at) >= @since AND coalesce(taken.occurred_at, movement.occurred_at) < @until), 0)::numeric AS quantity
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
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

-- name: LineagePastLotExists :many
-- Which of these lots there were: of which anything had come in or been made.
SELECT DISTINCT movement.lot_id
FROM movement
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND movement.occurred_at <= @as_of AND movement.quantity > 0
  AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]);
