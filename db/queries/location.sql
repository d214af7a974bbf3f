-- What a location is now is its last revision; the columns of location are what
-- other queries ask for. Virtual locations have no revision and are not seen
-- here.

-- name: LocationGet :one
SELECT location.revision, revision.content
FROM location
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'location'
    AND revision.subject_id = location.location_id AND revision.revision = location.revision
WHERE location.tenant_id = @tenant_id AND location.code = @code;

-- name: LocationList :many
SELECT location.code, location.revision, revision.content
FROM location
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'location'
    AND revision.subject_id = location.location_id AND revision.revision = location.revision
WHERE location.tenant_id = @tenant_id AND location.code > @after
ORDER BY location.code
LIMIT @row_limit;

-- name: LocationLockTree :one
-- Whoever changes the tree holds this row, which every tenant has: a check for
-- cycles must see a tree that stands still, and two moves that are harmless
-- alone can make a cycle together. Postings are not held up: their foreign keys
-- take a lock that agrees with this one.
SELECT location_id
FROM location
WHERE tenant_id = @tenant_id AND location_id = @guard_id
FOR NO KEY UPDATE;

-- name: LocationListWithAncestors :many
-- The locations with these codes and everything above them.
WITH RECURSIVE up AS (
    SELECT location.location_id, location.code, location.parent_id, location.kind
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.code = ANY (@codes::text[])
    UNION
    SELECT location.location_id, location.code, location.parent_id, location.kind
    FROM up
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = up.parent_id
)
SELECT up.location_id, up.code, coalesce(up.parent_id, 0)::bigint AS parent_id, up.kind
FROM up;

-- name: LocationLockAgainstStock :many
-- Waits for whoever is bringing a first quantity of a lot to these locations,
-- and keeps others from it.
SELECT location_id
FROM location
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[])
ORDER BY location_id
FOR UPDATE;

-- name: LocationListWithStock :many
SELECT DISTINCT location_id
FROM balance
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[]) AND on_hand > 0;

-- name: LocationInsert :exec
INSERT INTO location (tenant_id, location_id, code, name, parent_id, kind, gln, time_zone, revision)
SELECT @tenant_id, l.location_id, l.code, l.name, nullif(l.parent_id, 0), l.kind, nullif(l.gln, ''), nullif(l.time_zone, ''), l.revision
FROM unnest(@location_ids::bigint[], @codes::text[], @names::text[], @parent_ids::bigint[], @kinds::text[], @glns::text[], @time_zones::text[], @revisions::integer[])
    AS l (location_id, code, name, parent_id, kind, gln, time_zone, revision);

-- name: LocationUpdate :exec
UPDATE location
SET name = l.name, parent_id = nullif(l.parent_id, 0), kind = l.kind, gln = nullif(l.gln, ''), time_zone = nullif(l.time_zone, ''), revision = l.revision
FROM unnest(@location_ids::bigint[], @codes::text[], @names::text[], @parent_ids::bigint[], @kinds::text[], @glns::text[], @time_zones::text[], @revisions::integer[])
    AS l (location_id, code, name, parent_id, kind, gln, time_zone, revision)
WHERE location.tenant_id = @tenant_id AND location.location_id = l.location_id;
