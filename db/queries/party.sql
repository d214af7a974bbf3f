-- What a party is now is its last revision; the columns of party are what other
-- queries ask for.

-- name: PartyGet :one
SELECT party.revision, revision.content
FROM party
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'party'
    AND revision.subject_id = party.party_id AND revision.revision = party.revision
WHERE party.tenant_id = @tenant_id AND party.code = @code;

-- name: PartyList :many
SELECT party.code, party.revision, revision.content
FROM party
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'party'
    AND revision.subject_id = party.party_id AND revision.revision = party.revision
WHERE party.tenant_id = @tenant_id AND party.code > @after
ORDER BY party.code
LIMIT @row_limit;

-- name: PartyListKnown :many
SELECT code
FROM party
WHERE tenant_id = @tenant_id AND code = ANY (@codes::text[]);

-- name: PartyInsert :exec
-- Whoever inserts the same code meanwhile is waited for, and then nothing is
-- inserted. In the order of the arrays, which are sorted by code. Kinds are
-- joined by commas: an array of arrays would have to be rectangular.
INSERT INTO party (tenant_id, party_id, code, name, kinds, gln, contacts, address, revision)
SELECT @tenant_id, p.party_id, p.code, p.name, string_to_array(p.kinds, ','), nullif(p.gln, ''), p.contacts::jsonb, p.address, p.revision
FROM unnest(@party_ids::bigint[], @codes::text[], @names::text[], @kinds::text[], @glns::text[], @contacts::text[], @addresses::text[], @revisions::integer[])
    AS p (party_id, code, name, kinds, gln, contacts, address, revision)
ON CONFLICT (tenant_id, code) DO NOTHING;

-- name: PartyLock :many
SELECT party_id, code
FROM party
WHERE tenant_id = @tenant_id AND code = ANY (@codes::text[])
ORDER BY code
FOR NO KEY UPDATE;

-- name: PartyUpdate :exec
UPDATE party
SET name = p.name, kinds = string_to_array(p.kinds, ','), gln = nullif(p.gln, ''), contacts = p.contacts::jsonb, address = p.address, revision = p.revision
FROM unnest(@party_ids::bigint[], @codes::text[], @names::text[], @kinds::text[], @glns::text[], @contacts::text[], @addresses::text[], @revisions::integer[])
    AS p (party_id, code, name, kinds, gln, contacts, address, revision)
WHERE party.tenant_id = @tenant_id AND party.party_id = p.party_id;
