-- What a location is now is its last revision; the columns of location are what
-- other queries ask for. Virtual locations have no revision and are not seen
-- here.

-- name: LocationGet :one
SELECT location.location_id, location.active, location.revision, revision.content,
       (SELECT count(*) FROM location AS child WHERE child.tenant_id = @tenant_id AND child.parent_id = location.location_id)::integer AS child_count
FROM location
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'location'
    AND revision.subject_id = location.location_id AND revision.revision = location.revision
WHERE location.tenant_id = @tenant_id AND location.code = @code;

-- name: LocationList :many
-- In the order of the code, after the given one. Kind and active limit it, if given.
SELECT location.code, location.active, location.revision, revision.content
FROM location
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'location'
    AND revision.subject_id = location.location_id AND revision.revision = location.revision
WHERE location.tenant_id = @tenant_id AND location.code > @after
  AND (@kind::text = '' OR location.kind = @kind) AND (sqlc.narg('active')::boolean IS NULL OR location.active = sqlc.narg('active'))
ORDER BY location.code
LIMIT @row_limit;

-- name: LocationListUnder :many
-- LocationList of what lies in a location.
SELECT location.code, location.active, location.revision, revision.content
FROM location_within AS place
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = place.location_id
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'location'
    AND revision.subject_id = location.location_id AND revision.revision = location.revision
WHERE place.tenant_id = @tenant_id AND place.outer_id = @outer_id::bigint AND place.code > @after AND place.location_id <> @outer_id
  AND (@kind::text = '' OR location.kind = @kind) AND (sqlc.narg('active')::boolean IS NULL OR location.active = sqlc.narg('active'))
ORDER BY place.code
LIMIT @row_limit;

-- name: LocationGetID :one
SELECT location_id
FROM location
WHERE tenant_id = @tenant_id AND code = @code AND kind <> 'virtual';

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
    SELECT location.location_id, location.code, location.parent_id, location.kind, location.active, location.deactivation_reason
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.code = ANY (@codes::text[])
    UNION
    SELECT location.location_id, location.code, location.parent_id, location.kind, location.active, location.deactivation_reason
    FROM up
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = up.parent_id
)
SELECT up.location_id, up.code, coalesce(up.parent_id, 0)::bigint AS parent_id, up.kind, up.active, up.deactivation_reason
FROM up;

-- name: LocationListBranch :many
-- Some locations, each with what is under it, but for what is to be left out with
-- all that is under that. Joined plainly, here and below, the planner may look through
-- all locations at each step, if there were few when it planned.
WITH RECURSIVE branch AS (
    SELECT root.location_id, root.location_id AS root_id
    FROM location AS root
    WHERE root.tenant_id = @tenant_id AND root.location_id = ANY (@root_ids::bigint[])
    UNION ALL
    SELECT location.location_id, branch.root_id
    FROM branch
    CROSS JOIN LATERAL (
        SELECT child.location_id
        FROM location AS child
        WHERE child.tenant_id = @tenant_id AND child.parent_id = branch.location_id
        OFFSET 0
    ) AS location
    WHERE location.location_id <> ALL (@without_ids::bigint[])
)
SELECT branch.location_id, branch.root_id FROM branch;

-- name: LocationLockAgainstStock :exec
-- Waits for whoever is bringing stock to these locations or taking it away, and
-- keeps others from it: their movements' foreign keys lock the locations.
SELECT location_id
FROM location
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[])
ORDER BY location_id
FOR UPDATE;

-- name: LocationListStock :many
-- A few of the quantities that lie at these locations.
SELECT place.location_id, place.code, item.sku, item.base_unit, lot.lot_code, stock.on_hand
FROM (
    SELECT balance.location_id, balance.lot_id, balance.on_hand
    FROM unnest(@location_ids::bigint[]) AS at (location_id)
    JOIN balance ON balance.tenant_id = @tenant_id AND balance.location_id = at.location_id AND balance.on_hand > 0
    LIMIT @row_limit
) AS stock
JOIN location AS place ON place.tenant_id = @tenant_id AND place.location_id = stock.location_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = stock.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
ORDER BY place.code, item.sku, lot.lot_code;

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

-- name: LocationWithinDelete :exec
DELETE FROM location_within
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[]);

-- name: LocationWithinInsert :exec
-- What these locations lie in, as the tree says.
WITH RECURSIVE up AS (
    SELECT location.location_id, location.code, location.location_id AS outer_id, location.parent_id
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.location_id = ANY (@location_ids::bigint[])
    UNION ALL
    SELECT up.location_id, up.code, above.location_id, above.parent_id
    FROM up
    CROSS JOIN LATERAL (
        SELECT l.location_id, l.parent_id
        FROM location AS l
        WHERE l.tenant_id = @tenant_id AND l.location_id = up.parent_id
        LIMIT 1
    ) AS above
)
INSERT INTO location_within (tenant_id, outer_id, code, location_id)
SELECT @tenant_id, up.outer_id, up.code, up.location_id
FROM up;

-- name: LocationSetDeactivation :exec
-- Gives a location a reason to be deactivated, or takes it from it.
UPDATE location
SET deactivation_reason = sqlc.narg('reason'), active = active AND sqlc.narg('reason')::text IS NULL, revision = @revision
WHERE tenant_id = @tenant_id AND location_id = @location_id;

-- name: LocationClose :exec
UPDATE location
SET active = false
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[]) AND active;

-- name: LocationOpen :exec
-- Makes locations active, and what is under them, but for what was deactivated by
-- itself and all that is under that. What they lie in is active.
WITH RECURSIVE open AS (
    SELECT location.location_id
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.location_id = ANY (@location_ids::bigint[]) AND location.deactivation_reason IS NULL
    UNION ALL
    SELECT location.location_id
    FROM open
    CROSS JOIN LATERAL (
        SELECT child.location_id
        FROM location AS child
        WHERE child.tenant_id = @tenant_id AND child.parent_id = open.location_id AND child.deactivation_reason IS NULL
        OFFSET 0
    ) AS location
)
UPDATE location
SET active = true
FROM open
WHERE location.tenant_id = @tenant_id AND location.location_id = open.location_id AND NOT location.active;
