-- The walk along lots and runs (package lineage). Each query takes a whole
-- frontier at once. Edges come from the partial covering indexes on movement
-- alone: kind has to be a literal here, or the planner cannot match them. They
-- are sorted afterwards: an ORDER BY that suits another index is tempting. A reversal
-- has the quantity below zero: there is an edge where the sum is above it, and its times
-- are those of what stands, which is looked for one by one where something of it was taken
-- back, and only there.

-- name: LineageBegin :one
-- The clock, how far the log goes, and what is not in it yet, but not more than so much
-- of it, else a backlog would have to be sent each time; and, for this transaction, it takes from the
-- planner what it could do better than to look up each id in an index, for the
-- frontier is small against the tables: left alone it scans whole tables for a
-- wide frontier, and plans anew for each.
SELECT transaction_timestamp()::timestamptz AS read_at, coalesce(log_head.log_index, 0)::bigint AS log_index, log_head.sealed_at,
       (SELECT count(*) FROM unlogged WHERE unlogged.tenant_id = @tenant_id)::integer AS unlogged_count,
       ARRAY(SELECT waiting.operation_id FROM unlogged AS waiting WHERE waiting.tenant_id = @tenant_id ORDER BY waiting.recorded_at, waiting.operation_id LIMIT @most_unlogged)::bigint[] AS unlogged_ids
FROM (
    SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
           set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
) AS settings
LEFT JOIN log_head ON log_head.tenant_id = @tenant_id AND log_head.log_index > 0;

-- name: LineageConsumptionListByLot :many
-- Which runs consumed these lots.
SELECT run_id::bigint AS run_id, lot_id, sum(quantity)::numeric AS quantity,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT min(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'consumption' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE min(occurred_at) END)::timestamptz AS first_at,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT max(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'consumption' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE max(occurred_at) END)::timestamptz AS last_at
FROM movement
WHERE tenant_id = @tenant_id AND lot_id = ANY (@lot_ids::bigint[]) AND kind = 'consumption'
GROUP BY lot_id, run_id
HAVING sum(quantity) > 0;

-- name: LineageConsumptionListByRun :many
-- Which lots these runs consumed.
SELECT run_id::bigint AS run_id, lot_id, sum(quantity)::numeric AS quantity,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT min(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'consumption' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE min(occurred_at) END)::timestamptz AS first_at,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT max(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'consumption' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE max(occurred_at) END)::timestamptz AS last_at
FROM movement
WHERE tenant_id = @tenant_id AND run_id = ANY (@run_ids::bigint[]) AND kind = 'consumption'
GROUP BY run_id, lot_id
HAVING sum(quantity) > 0;

-- name: LineageOutputListByLot :many
-- Which runs put these lots out.
SELECT run_id::bigint AS run_id, lot_id, sum(quantity)::numeric AS quantity,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT min(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'output' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE min(occurred_at) END)::timestamptz AS first_at,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT max(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'output' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE max(occurred_at) END)::timestamptz AS last_at
FROM movement
WHERE tenant_id = @tenant_id AND lot_id = ANY (@lot_ids::bigint[]) AND kind = 'output'
GROUP BY lot_id, run_id
HAVING sum(quantity) > 0;

-- name: LineageOutputListByRun :many
-- Which lots these runs put out.
SELECT run_id::bigint AS run_id, lot_id, sum(quantity)::numeric AS quantity,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT min(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'output' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE min(occurred_at) END)::timestamptz AS first_at,
       (CASE WHEN bool_or(quantity < 0) THEN (
            SELECT max(m.occurred_at) FROM movement AS m
            WHERE m.tenant_id = @tenant_id AND m.lot_id = movement.lot_id AND m.run_id = movement.run_id AND m.kind = 'output' AND m.quantity > 0
              AND NOT EXISTS (SELECT FROM movement AS back WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = m.movement_id)
        ) ELSE max(occurred_at) END)::timestamptz AS last_at
FROM movement
WHERE tenant_id = @tenant_id AND run_id = ANY (@run_ids::bigint[]) AND kind = 'output'
GROUP BY run_id, lot_id
HAVING sum(quantity) > 0;

-- name: LineageConeForward :many
-- What a lot can have reached, the nearest first: a row for each run and lot that it put
-- out, one for a run without any, the first for the lot itself. As many rows as the
-- limit, and there may be more.
WITH RECURSIVE cone AS (
    SELECT NULL::bigint AS run_id, @lot_id::bigint AS lot_id
    UNION
    SELECT consumption.run_id, output.lot_id
    FROM cone
    JOIN movement AS consumption ON consumption.tenant_id = @tenant_id AND consumption.lot_id = cone.lot_id AND consumption.kind = 'consumption'
    LEFT JOIN movement AS output ON output.tenant_id = @tenant_id AND output.run_id = consumption.run_id AND output.kind = 'output'
)
SELECT cone.run_id, cone.lot_id FROM cone LIMIT @row_limit::integer;

-- name: LineageConeBackward :many
-- What can have reached a lot, likewise: a row for each run and lot that it consumed.
WITH RECURSIVE cone AS (
    SELECT NULL::bigint AS run_id, @lot_id::bigint AS lot_id
    UNION
    SELECT output.run_id, consumption.lot_id
    FROM cone
    JOIN movement AS output ON output.tenant_id = @tenant_id AND output.lot_id = cone.lot_id AND output.kind = 'output'
    LEFT JOIN movement AS consumption ON consumption.tenant_id = @tenant_id AND consumption.run_id = output.run_id AND consumption.kind = 'consumption'
)
SELECT cone.run_id, cone.lot_id FROM cone LIMIT @row_limit::integer;

-- name: LineageLotList :many
SELECT lot.lot_id, lot.item_id, lot.lot_code, item.sku, item.name AS item_name, item.base_unit, item.weight_unit,
       lot.inferred, lot.supplier_lot_code, lot.expiry_date, lot.hold_count
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[])
ORDER BY lot.lot_id;

-- name: LineageStockList :many
-- Where these lots are now.
SELECT balance.lot_id, location.code AS location_code, balance.on_hand, balance.weight
FROM balance
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = balance.location_id
WHERE balance.tenant_id = @tenant_id AND balance.lot_id = ANY (@lot_ids::bigint[]) AND balance.on_hand > 0
ORDER BY balance.lot_id, balance.location_id;

-- name: LineageRunList :many
SELECT run.run_id, run.code, production_order.code AS production_order_code, run.started_at, run.finished_at
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE run.tenant_id = @tenant_id AND run.run_id = ANY (@run_ids::bigint[])
ORDER BY run.run_id;

-- name: LineageReceiptList :many
-- How these lots came from suppliers.
SELECT moved.lot_id, moved.quantity, receipt.code AS receipt_code, receipt.received_at,
       purchase_order.code AS purchase_order_code, receipt_line.order_line_number, purchase_order.supplier_id
FROM (
    SELECT movement.lot_id, movement.receipt_line_id, sum(movement.quantity)::numeric AS quantity
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'receipt'
    GROUP BY movement.lot_id, movement.receipt_line_id
    HAVING sum(movement.quantity) > 0
) AS moved
JOIN receipt_line ON receipt_line.tenant_id = @tenant_id AND receipt_line.receipt_line_id = moved.receipt_line_id
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = receipt_line.receipt_id
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt_line.purchase_order_id
ORDER BY moved.lot_id, moved.receipt_line_id;

-- name: LineageShipmentList :many
-- How these lots went to customers. A shipment line may have drawn one lot in
-- several movements.
SELECT moved.lot_id, moved.quantity, shipment.code AS shipment_code, shipment.shipped_at, shipment.delivery_date,
       shipment.customer_id, sales_order.code AS sales_order_code, shipment_line.order_line_number
FROM (
    SELECT movement.lot_id, movement.shipment_line_id, sum(movement.quantity)::numeric AS quantity
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'shipment'
    GROUP BY movement.lot_id, movement.shipment_line_id
    HAVING sum(movement.quantity) > 0
) AS moved
JOIN shipment_line ON shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = moved.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment_line.sales_order_id
ORDER BY moved.lot_id, moved.shipment_line_id;

-- name: LineagePartyList :many
SELECT party_id, code, name, contacts
FROM party
WHERE tenant_id = @tenant_id AND party_id = ANY (@party_ids::bigint[]);
