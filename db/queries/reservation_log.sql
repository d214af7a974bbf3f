-- What the log and timelines say of reservations, as log.sql and timeline.sql do of the
-- rest.

-- name: LogListReservation :many
-- What operations made of reservations.
SELECT change.operation_id, change.place::bigint AS place, lot.sku, lot.lot_code, lot.base_unit, change.number, made.location_code, made.order_code,
       made.order_line_number, change.quantity, made.expires_at
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT c.operation_id, c.place, c.lot_id, c.number, c.location_id, c.quantity
    FROM reservation_change AS c
    WHERE c.tenant_id = @tenant_id AND c.operation_id BETWEEN done.operation_id AND done.operation_id
      AND (c.operation_id, c.place) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_place::bigint ELSE 0 END)
    ORDER BY c.operation_id, c.place
    LIMIT @each_limit
) AS change
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku, item.base_unit
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = change.lot_id
    LIMIT 1
) AS lot
CROSS JOIN LATERAL (
    SELECT r.order_line_number, r.expires_at, sales_order.code AS order_code, location.code AS location_code
    FROM reservation AS r
    JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = r.sales_order_id
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = r.location_id
    WHERE r.tenant_id = @tenant_id AND r.lot_id = change.lot_id AND r.number = change.number AND r.location_id = change.location_id
    LIMIT 1
) AS made
ORDER BY done.place, change.place
LIMIT @row_limit;

-- name: TimelineListReservation :many
-- Cut out of reservation_change_lot_idx, from either end, as TimelineListMovement is out
-- of that of movements: of a lot that much is reserved of there may be as many.
WITH page AS (
    (SELECT c.recorded_at, c.operation_id, c.place, c.lot_id, c.number, c.location_id, c.quantity
     FROM reservation_change AS c
     WHERE c.tenant_id = @tenant_id AND c.lot_id = @lot_id
       AND (c.recorded_at, c.operation_id, c.place) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
       AND (c.recorded_at, c.operation_id, c.place) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
       AND (sqlc.narg('log_index')::bigint IS NULL OR (
           SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = c.operation_id LIMIT 1) <= sqlc.narg('log_index'))
       AND @direction::integer > 0
     ORDER BY c.recorded_at, c.operation_id, c.place
     LIMIT @row_limit)
    UNION ALL
    (SELECT c.recorded_at, c.operation_id, c.place, c.lot_id, c.number, c.location_id, c.quantity
     FROM reservation_change AS c
     WHERE c.tenant_id = @tenant_id AND c.lot_id = @lot_id
       AND (c.recorded_at, c.operation_id, c.place) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
       AND (c.recorded_at, c.operation_id, c.place) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
       AND (sqlc.narg('log_index')::bigint IS NULL OR (
           SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = c.operation_id LIMIT 1) <= sqlc.narg('log_index'))
       AND @direction::integer < 0
     ORDER BY c.recorded_at DESC, c.operation_id DESC, c.place DESC
     LIMIT @row_limit)
)
SELECT page.recorded_at, page.operation_id, page.place::bigint AS place, operation.kind AS operation_kind, page.number, made.location_code, made.order_code,
       made.order_line_number, page.quantity, made.expires_at
FROM page
CROSS JOIN LATERAL (SELECT o.kind FROM operation AS o WHERE o.tenant_id = @tenant_id AND o.operation_id = page.operation_id LIMIT 1) AS operation
CROSS JOIN LATERAL (
    SELECT r.order_line_number, r.expires_at, sales_order.code AS order_code, location.code AS location_code
    FROM reservation AS r
    JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = r.sales_order_id
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = r.location_id
    WHERE r.tenant_id = @tenant_id AND r.lot_id = page.lot_id AND r.number = page.number AND r.location_id = page.location_id
    LIMIT 1
) AS made;
