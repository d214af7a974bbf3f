-- Where a lot went, with as little as can be: ids and quantities alone. What stands
-- in trace_forward.sql beside these is what people want to read.

-- name: TraceForwardIDs
WITH RECURSIVE reached AS (
    SELECT $2::bigint AS lot_id
    UNION
    SELECT output.lot_id
    FROM reached
    JOIN movement AS consumption ON consumption.tenant_id = $1 AND consumption.lot_id = reached.lot_id AND consumption.kind = 'consumption'
    JOIN movement AS output ON output.tenant_id = $1 AND output.run_id = consumption.run_id AND output.kind = 'output'
), consumed AS MATERIALIZED (
    SELECT movement.lot_id, movement.run_id, movement.quantity
    FROM reached
    JOIN movement ON movement.tenant_id = $1 AND movement.lot_id = reached.lot_id AND movement.kind = 'consumption'
), runs AS MATERIALIZED (
    SELECT DISTINCT run_id FROM consumed
)
SELECT 'lot' AS kind, lot_id, NULL::bigint AS other_id, NULL::numeric AS quantity FROM reached
UNION ALL
SELECT 'run', NULL, run_id, NULL FROM runs
UNION ALL
SELECT 'consumption', lot_id, run_id, quantity FROM consumed
UNION ALL
SELECT 'output', movement.lot_id, movement.run_id, movement.quantity
FROM runs
JOIN movement ON movement.tenant_id = $1 AND movement.run_id = runs.run_id AND movement.kind = 'output'
UNION ALL
SELECT 'shipment', movement.lot_id, movement.shipment_line_id, movement.quantity
FROM reached
JOIN movement ON movement.tenant_id = $1 AND movement.lot_id = reached.lot_id AND movement.kind = 'shipment';
