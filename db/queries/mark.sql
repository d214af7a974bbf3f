-- name: RecallListOfRun :many
-- The active recalls that have marked a run. It is named by its codes, so that
-- this can be asked behind the lock on the run, in the same round trip.
SELECT recall.recall_id, recall.case_number, recall.class, recall.reason
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
JOIN recall_run ON recall_run.tenant_id = @tenant_id AND recall_run.run_id = run.run_id
JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = recall_run.recall_id
WHERE run.tenant_id = @tenant_id AND production_order.code = @production_order_code AND run.code = @code AND recall.state = 'active'
ORDER BY recall.case_number;
