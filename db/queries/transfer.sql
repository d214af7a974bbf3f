-- name: TransferInsert :exec
INSERT INTO transfer (tenant_id, operation_id, purpose, document_references)
VALUES (@tenant_id, @operation_id, @purpose, @document_references);
