-- Lot codes from patterns (package codeseries).

-- name: LotCodeCounterLock :many
-- In the order of the arrays, which are sorted by item and scope. A counter that is
-- not there yet begins at 0.
INSERT INTO lot_code_counter (tenant_id, item_id, scope, last)
SELECT @tenant_id, c.item_id, c.scope, 0
FROM unnest(@item_ids::bigint[], @scopes::text[]) AS c (item_id, scope)
ON CONFLICT (tenant_id, item_id, scope) DO UPDATE SET last = lot_code_counter.last
RETURNING item_id, scope, last;

-- name: LotCodeListTaken :many
-- Which of these codes stand for a lot, each looked up by its whole key.
SELECT c.item_id::bigint AS item_id, c.lot_code::text AS lot_code
FROM unnest(@item_ids::bigint[], @lot_codes::text[]) AS c (item_id, lot_code)
CROSS JOIN LATERAL (
    SELECT lot.lot_id
    FROM lot
    WHERE lot.tenant_id = @tenant_id AND lot.item_id = c.item_id AND lot.lot_code = c.lot_code
    LIMIT 1
) AS found;

-- name: LotCodeCounterSet :exec
UPDATE lot_code_counter
SET last = c.last
FROM unnest(@item_ids::bigint[], @scopes::text[], @lasts::bigint[]) AS c (item_id, scope, last)
WHERE lot_code_counter.tenant_id = @tenant_id AND lot_code_counter.item_id = c.item_id AND lot_code_counter.scope = c.scope;
