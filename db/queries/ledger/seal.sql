-- The statements of the sealer (internal/ledger/seal.go).

-- name: LogHeadList :many
-- no tenant: asks in one go which tenants have operations that are not in the log
SELECT tenant.tenant_id, coalesce(log_head.log_index, 0)::bigint AS log_index,
       EXISTS (SELECT FROM unlogged WHERE unlogged.tenant_id = tenant.tenant_id) AS pending
FROM tenant
LEFT JOIN log_head ON log_head.tenant_id = tenant.tenant_id;

-- name: LogHeadLock :execrows
-- No row: the tenant is younger than the migration that made the heads.
SELECT tenant_id
FROM log_head
WHERE tenant_id = @tenant_id
FOR NO KEY UPDATE;

-- name: LogHeadInsert :exec
INSERT INTO log_head (tenant_id)
VALUES (@tenant_id)
ON CONFLICT (tenant_id) DO NOTHING;

-- name: LogSeal :one
-- To be sent once the head is locked, as a statement of its own: what it sees in
-- unlogged and on the head, and what its clock says, is then later than all that
-- was sealed before. The array is made once, whatever the planner thinks of the
-- size of a table that is empty most of the time.
WITH taken AS (
    DELETE FROM unlogged
    WHERE unlogged.tenant_id = @tenant_id
      AND unlogged.operation_id = ANY (ARRAY(
          SELECT earliest.operation_id
          FROM unlogged AS earliest
          WHERE earliest.tenant_id = @tenant_id
          ORDER BY earliest.recorded_at, earliest.operation_id
          LIMIT @most))
    RETURNING unlogged.operation_id, unlogged.recorded_at
), counted AS (
    SELECT count(*) AS entries, min(recorded_at) AS oldest FROM taken
), head AS (
    UPDATE log_head
    SET log_index = log_head.log_index + counted.entries, sealed_at = greatest(clock_timestamp(), log_head.sealed_at)
    FROM counted
    WHERE log_head.tenant_id = @tenant_id AND counted.entries > 0
    RETURNING log_head.log_index, log_head.sealed_at, log_head.log_index - counted.entries AS before
), sealed AS (
    INSERT INTO log (tenant_id, log_index, operation_id, sealed_at)
    SELECT @tenant_id, head.before + row_number() OVER (ORDER BY taken.recorded_at, taken.operation_id), taken.operation_id, head.sealed_at
    FROM taken
    CROSS JOIN head
)
SELECT head.log_index, head.sealed_at, counted.entries, counted.oldest::timestamptz AS oldest
FROM head
CROSS JOIN counted;
