-- Reservations (internal/dispatch/reserve_list.go): lists of them in the order in which they
-- expire, after the given one. state is active, expired or ended, or empty for all.

-- name: ReservationListPlace :many
SELECT location_id, code
FROM location
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[]);

-- name: ReservationList :many
-- Those for an order, of a lot, at a location, or all: an id that is 0 asks for nothing.
-- One of the parts finds something, by the id that leaves the fewest, out of the index
-- that has this order; those of a lot alone, which are few, are read and sorted. The others
-- find nothing: there is no id 0, and where an id is given they are not carried out. What
-- would else be read in another way where the tables are small is read by its key.
SELECT page.lot_id, page.location_id, item.sku, lot.lot_code, item.base_unit, page.number, location.code AS location_code, sales_order.code AS order_code,
       page.order_line_number, page.quantity, page.expires_at, page.expires_at <= now() AS expired, operation.principal AS reserved_by, operation.recorded_at AS reserved_at
FROM (
    (SELECT r.lot_id, r.location_id, r.number, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
     FROM reservation AS r
     WHERE r.tenant_id = @tenant_id AND r.sales_order_id = @sales_order_id::bigint
       AND (@lot_id::bigint = 0 OR r.lot_id = @lot_id) AND (@location_id::bigint = 0 OR r.location_id = @location_id)
       AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
       AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
     ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
     LIMIT @row_limit)
    UNION ALL
    (SELECT r.lot_id, r.location_id, r.number, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
     FROM (
         SELECT of_lot.lot_id, of_lot.location_id, of_lot.number, of_lot.sales_order_id, of_lot.order_line_number, of_lot.quantity, of_lot.expires_at, of_lot.operation_id
         FROM reservation AS of_lot
         WHERE of_lot.tenant_id = @tenant_id AND of_lot.lot_id = @lot_id
         OFFSET 0
     ) AS r
     WHERE @sales_order_id = 0 AND (@location_id = 0 OR r.location_id = @location_id)
       AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
       AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
     ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
     LIMIT @row_limit)
    UNION ALL
    (SELECT r.lot_id, r.location_id, r.number, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
     FROM reservation AS r
     WHERE r.tenant_id = @tenant_id AND r.location_id = @location_id
       AND @sales_order_id = 0 AND @lot_id = 0
       AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
       AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
     ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
     LIMIT @row_limit)
    UNION ALL
    (SELECT r.lot_id, r.location_id, r.number, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
     FROM reservation AS r
     WHERE r.tenant_id = @tenant_id AND @sales_order_id = 0 AND @lot_id = 0 AND @location_id = 0
       AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
       AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
     ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
     LIMIT @row_limit)
) AS page
CROSS JOIN LATERAL (SELECT o.lot_code, o.item_id FROM lot AS o WHERE o.tenant_id = @tenant_id AND o.lot_id = page.lot_id LIMIT 1) AS lot
CROSS JOIN LATERAL (SELECT i.sku, i.base_unit FROM item AS i WHERE i.tenant_id = @tenant_id AND i.item_id = lot.item_id LIMIT 1) AS item
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = page.location_id LIMIT 1) AS location
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = page.sales_order_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = page.operation_id
ORDER BY page.expires_at, page.lot_id, page.number, page.location_id;
