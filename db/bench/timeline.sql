-- A page of a lot's movements in the order of recording, with who, when, where, and how
-- much of the lot there was after each: the service's GetLotTimeline is measured against
-- it. How much there was before the page is told to it.

-- name: Timeline
WITH page AS (
    SELECT m.recorded_at, m.operation_id, m.movement_id, m.kind, m.quantity, m.from_location_id, m.to_location_id
    FROM movement AS m
    WHERE m.tenant_id = $1 AND m.lot_id = $2 AND (m.recorded_at, m.operation_id, m.movement_id) > ($3::timestamptz, $4::bigint, $5::bigint)
    ORDER BY m.recorded_at, m.operation_id, m.movement_id
    LIMIT $6
)
SELECT page.recorded_at, page.operation_id, page.movement_id, page.kind, page.quantity, from_location.code, to_location.code,
       operation.occurred_at, operation.principal, operation.reason,
       $7::numeric + sum(page.quantity * ((page.to_location_id >= 1000)::integer - (page.from_location_id >= 1000)::integer))
           OVER (ORDER BY page.recorded_at, page.operation_id, page.movement_id) AS on_hand
FROM page
CROSS JOIN LATERAL (SELECT o.occurred_at, o.principal, o.reason FROM operation AS o WHERE o.tenant_id = $1 AND o.operation_id = page.operation_id LIMIT 1) AS operation
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = $1 AND l.location_id = page.from_location_id LIMIT 1) AS from_location
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = $1 AND l.location_id = page.to_location_id LIMIT 1) AS to_location
ORDER BY page.recorded_at, page.operation_id, page.movement_id;
