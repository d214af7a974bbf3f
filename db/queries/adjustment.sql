-- Adjustments and scrapping: why, and who approved (package lots).

-- name: AdjustmentInsert :exec
INSERT INTO adjustment (tenant_id, operation_id, reason_code, approved_by, count_id)
VALUES (@tenant_id, @operation_id, @reason_code, @approved_by, sqlc.narg('count_id'));

-- name: AdjustmentApprovalList :many
-- Items of which more than so much is adjusted or scrapped with a second one's approval
-- only.
SELECT item_id, adjustment_approval_quantity::numeric AS approval_quantity
FROM item
WHERE tenant_id = @tenant_id AND item_id = ANY (@item_ids::bigint[]) AND adjustment_approval_quantity IS NOT NULL;
