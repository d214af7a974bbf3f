-- name: RequestClaim :exec
-- Fails (request_pkey) if there is one already. ON CONFLICT would cost a look beforehand
-- for each request, and few are repeated.
INSERT INTO request (tenant_id, request_id, fingerprint)
VALUES (@tenant_id, @request_id, @fingerprint);

-- name: RequestGet :one
SELECT fingerprint, response
FROM request
WHERE tenant_id = @tenant_id AND request_id = @request_id;

-- name: RequestComplete :exec
UPDATE request
SET response = @response
WHERE tenant_id = @tenant_id AND request_id = @request_id;
