-- What lies forward of lots and runs (lineage.Cone), ids alone. Each id is looked
-- up by itself, in the order of an index that has the answer: whatever the planner
-- thinks of the size of a frontier, it finds no other way, and needs no settings
-- that a write would have to take back. kind has to be a literal, as in the walk.

-- name: LineageConeRunList :many
-- Which runs consumed these lots.
SELECT DISTINCT edge.run_id
FROM unnest(@lot_ids::bigint[]) AS frontier (lot_id)
CROSS JOIN LATERAL (
    SELECT movement.run_id::bigint AS run_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = frontier.lot_id AND movement.kind = 'consumption'
    GROUP BY movement.run_id
    HAVING sum(movement.quantity) > 0
) AS edge;

-- name: LineageConeLotList :many
-- Which lots these runs put out.
SELECT DISTINCT edge.lot_id
FROM unnest(@run_ids::bigint[]) AS frontier (run_id)
CROSS JOIN LATERAL (
    SELECT movement.lot_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.run_id = frontier.run_id AND movement.kind = 'output'
    GROUP BY movement.lot_id
    HAVING sum(movement.quantity) > 0
) AS edge;
