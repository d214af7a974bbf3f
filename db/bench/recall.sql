-- A recall activated with as little as can be: the case is there, and this finds what
-- is affected, takes the same row locks, and writes the same rows.

-- name: Case
INSERT INTO recall (tenant_id, recall_id, case_number, class, reason, state) VALUES ($1, $2, $3, '2', $4, 'open');

-- name: Seed
INSERT INTO recall_seed (tenant_id, recall_id, lot_id) VALUES ($1, $2, $3);

-- name: Activate
WITH RECURSIVE reached AS (
    SELECT $2::bigint AS lot_id
    UNION
    SELECT output.lot_id
    FROM reached
    JOIN movement AS consumption ON consumption.tenant_id = $1 AND consumption.lot_id = reached.lot_id AND consumption.kind = 'consumption'
    JOIN movement AS output ON output.tenant_id = $1 AND output.run_id = consumption.run_id AND output.kind = 'output'
), locked_runs AS (
    SELECT run.run_id
    FROM run
    WHERE run.tenant_id = $1 AND run.run_id IN (
        SELECT movement.run_id
        FROM reached
        JOIN movement ON movement.tenant_id = $1 AND movement.lot_id = reached.lot_id AND movement.kind = 'consumption')
    ORDER BY run.run_id
    FOR NO KEY UPDATE
), locked_lots AS (
    SELECT lot.lot_id
    FROM lot
    WHERE lot.tenant_id = $1 AND lot.lot_id IN (SELECT lot_id FROM reached)
    ORDER BY lot.lot_id
    FOR NO KEY UPDATE
), activated AS (
    UPDATE recall SET state = 'active' WHERE tenant_id = $1 AND recall_id = $3
), marked AS (
    INSERT INTO recall_run (tenant_id, recall_id, run_id)
    SELECT $1, $3, run_id FROM locked_runs
), recorded AS (
    INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason, recall_id)
    VALUES ($1, $4, 'recall_activation', clock_timestamp(), 'bench', $5, '', $3)
    RETURNING tenant_id, operation_id, recorded_at
), queued AS (
    INSERT INTO unlogged (tenant_id, operation_id, recorded_at)
    SELECT tenant_id, operation_id, recorded_at FROM recorded
), counted AS (
    UPDATE lot SET hold_count = lot.hold_count + 1
    FROM locked_lots
    WHERE lot.tenant_id = $1 AND lot.lot_id = locked_lots.lot_id
)
INSERT INTO hold (tenant_id, lot_id, number, placed_operation_id, reason, recall_id)
SELECT $1, locked_lots.lot_id,
       1 + coalesce((SELECT max(earlier.number) FROM hold AS earlier WHERE earlier.tenant_id = $1 AND earlier.lot_id = locked_lots.lot_id), 0),
       $4, $6, $3
FROM locked_lots;
