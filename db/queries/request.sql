-- name: RequestClaim :execrows
INSERT INTO request (tenant_id, request_id, fingerprint)
VALUES (@tenant_id, @request_id, @fingerprint)
ON CONFLICT (tenant_id, request_id) DO NOTHING;

-- name: RequestGet :one
SELECT fingerprint, response
FROM request
WHERE tenant_id = @tenant_id AND request_id = @request_id;

-- name: RequestComplete :exec
UPDATE request
SET response = @response
WHERE tenant_id = @tenant_id AND request_id = @request_id;
