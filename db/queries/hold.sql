-- name: HoldList :many
-- By number, after the given one.
SELECT hold.number, hold.reason, recall.case_number, placed.principal AS placed_by, placed.recorded_at AS placed_at,
       released.reason AS release_reason, released.principal AS released_by, released.recorded_at AS released_at
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
LEFT JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.number > @after_number
  AND (NOT @active_only::boolean OR hold.released_operation_id IS NULL)
ORDER BY hold.number
LIMIT @row_limit;

-- name: HoldGet :one
SELECT hold.number, hold.reason, hold.recall_id, recall.case_number, recall.state AS recall_state, placed.principal AS placed_by, placed.recorded_at AS placed_at
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.number = @number;
