-- Cases: what is written of them beside the ledger, and what is read of a case
-- itself. Which lots and runs are in a case's scope is found out first
-- (recall.readScope), and given to these by id.

-- name: RecallInsert :execrows
INSERT INTO recall (tenant_id, recall_id, case_number, class, reason, state)
VALUES (@tenant_id, @recall_id, @case_number, @class, @reason, 'open')
ON CONFLICT (tenant_id, case_number) DO NOTHING;

-- name: RecallSeedInsert :exec
INSERT INTO recall_seed (tenant_id, recall_id, lot_id)
SELECT @tenant_id, @recall_id, unnest(@lot_ids::bigint[]);

-- name: RecallLock :one
-- A case is locked by whoever changes how far it is, or decides on its lots.
SELECT recall_id, case_number, class, reason, state
FROM recall
WHERE tenant_id = @tenant_id AND case_number = @case_number
FOR NO KEY UPDATE;

-- name: RecallSetState :exec
UPDATE recall
SET state = @state
WHERE tenant_id = @tenant_id AND recall_id = @recall_id;

-- name: RecallGet :one
SELECT recall.recall_id, recall.case_number, recall.class, recall.reason, recall.state,
       opened.recorded_at AS opened_at, opened.principal AS opened_by,
       activated.recorded_at AS activated_at, activated.principal AS activated_by,
       closed.recorded_at AS closed_at, closed.principal AS closed_by, closed.reason AS close_reason
FROM recall
JOIN operation AS opened ON opened.tenant_id = @tenant_id AND opened.recall_id = recall.recall_id AND opened.kind = 'recall_open'
LEFT JOIN operation AS activated ON activated.tenant_id = @tenant_id AND activated.recall_id = recall.recall_id AND activated.kind = 'recall_activation'
LEFT JOIN operation AS closed ON closed.tenant_id = @tenant_id AND closed.recall_id = recall.recall_id AND closed.kind = 'recall_close'
WHERE recall.tenant_id = @tenant_id AND recall.case_number = @case_number;

-- name: RecallList :many
-- In the order of case numbers, after the given one; of all states if it is empty.
WITH page AS (
    SELECT recall.recall_id, recall.case_number, recall.class, recall.reason, recall.state
    FROM recall
    WHERE recall.tenant_id = @tenant_id AND recall.case_number > @after_case_number AND (@state::text = '' OR recall.state = @state)
    ORDER BY recall.case_number
    LIMIT @row_limit
)
SELECT page.recall_id, page.case_number, page.class, page.reason, page.state,
       opened.recorded_at AS opened_at, opened.principal AS opened_by,
       activated.recorded_at AS activated_at, activated.principal AS activated_by,
       closed.recorded_at AS closed_at, closed.principal AS closed_by, closed.reason AS close_reason
FROM page
JOIN operation AS opened ON opened.tenant_id = @tenant_id AND opened.recall_id = page.recall_id AND opened.kind = 'recall_open'
LEFT JOIN operation AS activated ON activated.tenant_id = @tenant_id AND activated.recall_id = page.recall_id AND activated.kind = 'recall_activation'
LEFT JOIN operation AS closed ON closed.tenant_id = @tenant_id AND closed.recall_id = page.recall_id AND closed.kind = 'recall_close'
ORDER BY page.case_number;

-- name: RecallSeedList :many
-- The lots that cases are about.
SELECT recall_seed.recall_id, recall_seed.lot_id, item.sku, lot.lot_code
FROM recall_seed
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = recall_seed.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE recall_seed.tenant_id = @tenant_id AND recall_seed.recall_id = ANY (@recall_ids::bigint[])
ORDER BY recall_seed.recall_id, item.sku, lot.lot_code;

-- name: RecallHoldList :many
-- The affected lots of a case that was activated: it holds them, or held them until
-- they were released.
SELECT hold.lot_id, released.recorded_at AS released_at
FROM hold
LEFT JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
WHERE hold.tenant_id = @tenant_id AND hold.recall_id = @recall_id::bigint
ORDER BY hold.lot_id;

-- name: RecallRunIDList :many
-- The affected runs of a case that was activated.
SELECT run_id
FROM recall_run
WHERE tenant_id = @tenant_id AND recall_id = @recall_id
ORDER BY run_id;

-- name: RecallRunInsert :exec
INSERT INTO recall_run (tenant_id, recall_id, run_id)
SELECT @tenant_id, @recall_id, unnest(@run_ids::bigint[]);

-- name: RecallKeepInsert :exec
INSERT INTO recall_keep (tenant_id, recall_id, lot_id, operation_id)
SELECT @tenant_id, @recall_id, unnest(@lot_ids::bigint[]), @operation_id;

-- name: RecallRunLock :many
-- Runs, in the order of their ids: whoever consumes into them or puts out of them,
-- finishes or reopens them is waited for.
SELECT run_id
FROM run
WHERE tenant_id = @tenant_id AND run_id = ANY (@run_ids::bigint[])
ORDER BY run_id
FOR NO KEY UPDATE;

-- name: RecallRunTryLock :many
-- Those of the runs that nobody has locked.
SELECT run_id
FROM run
WHERE tenant_id = @tenant_id AND run_id = ANY (@run_ids::bigint[])
ORDER BY run_id
FOR NO KEY UPDATE SKIP LOCKED;

-- name: RecallLotTryLock :many
-- Those of the lots that nobody has locked.
SELECT lot_id
FROM lot
WHERE tenant_id = @tenant_id AND lot_id = ANY (@lot_ids::bigint[])
ORDER BY lot_id
FOR NO KEY UPDATE SKIP LOCKED;

-- name: RecallHeldLotList :many
-- Which of these lots a case holds, or held; and which of them may yet grow: the
-- inferred lot of a run that is in process, whose code nobody chooses.
SELECT hold.lot_id, hold.number, (hold.released_operation_id IS NOT NULL)::boolean AS released,
       (lot.inferred AND run.run_id IS NOT NULL AND run.finished_at IS NULL)::boolean AS growing
FROM hold
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = hold.lot_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = lot.run_id
WHERE hold.tenant_id = @tenant_id AND hold.recall_id = @recall_id::bigint AND hold.lot_id = ANY (@lot_ids::bigint[]);

-- name: RecallKeptLotList :many
-- The lots of which it was decided that they stay held.
SELECT DISTINCT lot_id
FROM recall_keep
WHERE tenant_id = @tenant_id AND recall_id = @recall_id;

-- name: RecallOpenRunList :many
-- Runs of a case that are in process.
SELECT production_order.code AS production_order_code, run.code
FROM recall_run
JOIN run ON run.tenant_id = @tenant_id AND run.run_id = recall_run.run_id
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE recall_run.tenant_id = @tenant_id AND recall_run.recall_id = @recall_id AND run.finished_at IS NULL
ORDER BY run.started_at, run.run_id;
