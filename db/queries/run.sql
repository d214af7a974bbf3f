-- name: RunInsert :exec
-- Fails (division_by_zero) if there is no such production order.
WITH started AS (
    INSERT INTO run (tenant_id, run_id, production_order_id, code, started_at)
    SELECT @tenant_id, @run_id, production_order_id, @code, @started_at
    FROM production_order
    WHERE tenant_id = @tenant_id AND production_order.code = @production_order_code
    RETURNING run_id
)
SELECT 1 / count(*) FROM started;

-- name: RunLock :one
-- A run is locked by whoever consumes into it, puts out of it, finishes or reopens
-- it. An order without such a run is a row without one.
SELECT run.run_id, run.started_at, run.finished_at, run.has_shares
FROM production_order
LEFT JOIN LATERAL (
    SELECT r.run_id, r.started_at, r.finished_at, r.has_shares
    FROM run AS r
    WHERE r.tenant_id = @tenant_id AND r.production_order_id = production_order.production_order_id AND r.code = @code
    FOR NO KEY UPDATE
) AS run ON true
WHERE production_order.tenant_id = @tenant_id AND production_order.code = @production_order_code;

-- name: RunFinish :exec
UPDATE run
SET finished_at = @finished_at
WHERE tenant_id = @tenant_id AND run_id = @run_id;

-- name: RunReopen :exec
UPDATE run
SET finished_at = NULL
WHERE tenant_id = @tenant_id AND run_id = @run_id;

-- name: RunGet :one
SELECT run.run_id, run.started_at, run.finished_at
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE run.tenant_id = @tenant_id AND production_order.code = @production_order_code AND run.code = @code;

-- name: RunListOfOrder :many
SELECT code, started_at, finished_at
FROM run
WHERE tenant_id = @tenant_id AND production_order_id = @production_order_id
ORDER BY started_at, run_id
LIMIT @row_limit;

-- name: RunLotList :many
-- What a run consumed or put out, net, by lot, with the shares that were stated of what
-- it put out.
SELECT item.sku, item.base_unit, item.weight_unit, lot.lot_code, sum(movement.quantity)::numeric AS quantity, coalesce(sum(movement.weight), 0)::numeric AS weight,
       coalesce(sum(output_share.share), 0)::numeric AS share
FROM movement
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
WHERE movement.tenant_id = @tenant_id AND movement.run_id = @run_id AND movement.kind = @kind
GROUP BY item.sku, item.base_unit, item.weight_unit, lot.lot_code
HAVING sum(movement.quantity) > 0
ORDER BY item.sku, lot.lot_code
LIMIT @row_limit;

-- name: RunOutputGet :one
-- One of the lots that a run has put out, net, with what is stated of its share; to be
-- read while the run is locked. They all state one, or none does.
SELECT item.sku, lot.lot_code, coalesce(sum(output_share.share), 0)::numeric AS share
FROM movement
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
WHERE movement.tenant_id = @tenant_id AND movement.run_id = @run_id::bigint AND movement.kind = 'output'
GROUP BY item.sku, lot.lot_code
HAVING sum(movement.quantity) > 0
LIMIT 1;
