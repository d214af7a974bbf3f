-- The statements of the sealer (internal/ledger/seal.go).

-- name: LogHeadList :many
-- no tenant: asks in one go which tenants have operations that are not in the log, or no log yet
-- Not by EXISTS, which reads the table where the index would do: it is full of what
-- was deleted a moment ago, and an index forgets that sooner.
SELECT tenant.tenant_id, coalesce(log_head.log_index, 0)::bigint AS log_index,
       (log_head.tenant_id IS NULL
        OR (SELECT true FROM unlogged WHERE unlogged.tenant_id = tenant.tenant_id
            ORDER BY unlogged.recorded_at, unlogged.operation_id LIMIT 1) IS NOT NULL)::boolean AS pending
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
-- was sealed before.
WITH taken AS (
    DELETE FROM unlogged
    WHERE unlogged.tenant_id = @tenant_id
      AND (unlogged.recorded_at, unlogged.operation_id) <= (
          SELECT earliest.recorded_at, earliest.operation_id
          FROM (SELECT waiting.recorded_at, waiting.operation_id
                FROM unlogged AS waiting
                WHERE waiting.tenant_id = @tenant_id
                ORDER BY waiting.recorded_at, waiting.operation_id
                LIMIT @most) AS earliest
          ORDER BY earliest.recorded_at DESC, earliest.operation_id DESC
          LIMIT 1)
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

-- name: UnloggedCount :one
-- How many are left, counted no further than is asked for.
SELECT count(*)
FROM (SELECT FROM unlogged
      WHERE unlogged.tenant_id = @tenant_id
      ORDER BY unlogged.recorded_at, unlogged.operation_id
      LIMIT @most) AS waiting;
