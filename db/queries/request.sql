-- name: RequestClaim :exec
-- Fails (division_by_zero) if there is one already.
WITH claimed AS (
    INSERT INTO request (tenant_id, request_id, fingerprint)
    VALUES (@tenant_id, @request_id, @fingerprint)
    ON CONFLICT (tenant_id, request_id) DO NOTHING
    RETURNING request_id
)
SELECT 1 / count(*) FROM claimed;

-- name: RequestGet :one
SELECT fingerprint, response
FROM request
WHERE tenant_id = @tenant_id AND request_id = @request_id;

-- name: RequestComplete :exec
UPDATE request
SET response = @response
WHERE tenant_id = @tenant_id AND request_id = @request_id;
