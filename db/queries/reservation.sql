-- Reservations (internal/dispatch/reserve_list.go): lists of them in the order in which they
-- expire, after the given one. state is active, expired or ended, or empty for all.

-- name: ReservationListPlace :many
SELECT location_id, code
FROM location
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[]);

-- name: ReservationListAll :many
SELECT page.lot_id, page.location_id, item.sku, lot.lot_code, item.base_unit, page.number, location.code AS location_code, sales_order.code AS order_code,
       page.order_line_number, page.quantity, page.expires_at, page.expires_at <= now() AS expired, operation.principal AS reserved_by, operation.recorded_at AS reserved_at
FROM (
    SELECT r.lot_id, r.number, r.location_id, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
    FROM reservation AS r
    WHERE r.tenant_id = @tenant_id
      AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
      AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
    ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
    LIMIT @row_limit
) AS page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = page.location_id
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = page.sales_order_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = page.operation_id
ORDER BY page.expires_at, page.lot_id, page.number, page.location_id;

-- name: ReservationListByOrder :many
-- Those for an order, perhaps of one lot, perhaps at one location.
SELECT page.lot_id, page.location_id, item.sku, lot.lot_code, item.base_unit, page.number, location.code AS location_code, sales_order.code AS order_code,
       page.order_line_number, page.quantity, page.expires_at, page.expires_at <= now() AS expired, operation.principal AS reserved_by, operation.recorded_at AS reserved_at
FROM (
    SELECT r.lot_id, r.number, r.location_id, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
    FROM reservation AS r
    WHERE r.tenant_id = @tenant_id AND r.sales_order_id = @sales_order_id
      AND (@lot_id::bigint = 0 OR r.lot_id = @lot_id) AND (@location_id::bigint = 0 OR r.location_id = @location_id)
      AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
      AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
    ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
    LIMIT @row_limit
) AS page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = page.location_id
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = page.sales_order_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = page.operation_id
ORDER BY page.expires_at, page.lot_id, page.number, page.location_id;

-- name: ReservationListByLocation :many
SELECT page.lot_id, page.location_id, item.sku, lot.lot_code, item.base_unit, page.number, location.code AS location_code, sales_order.code AS order_code,
       page.order_line_number, page.quantity, page.expires_at, page.expires_at <= now() AS expired, operation.principal AS reserved_by, operation.recorded_at AS reserved_at
FROM (
    SELECT r.lot_id, r.number, r.location_id, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
    FROM reservation AS r
    WHERE r.tenant_id = @tenant_id AND r.location_id = @location_id
      AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
      AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
    ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
    LIMIT @row_limit
) AS page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = page.location_id
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = page.sales_order_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = page.operation_id
ORDER BY page.expires_at, page.lot_id, page.number, page.location_id;

-- name: ReservationListByLot :many
-- Those of a lot, perhaps at one location: all of them are read and sorted.
SELECT page.lot_id, page.location_id, item.sku, lot.lot_code, item.base_unit, page.number, location.code AS location_code, sales_order.code AS order_code,
       page.order_line_number, page.quantity, page.expires_at, page.expires_at <= now() AS expired, operation.principal AS reserved_by, operation.recorded_at AS reserved_at
FROM (
    SELECT r.lot_id, r.number, r.location_id, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
    FROM reservation AS r
    WHERE r.tenant_id = @tenant_id AND r.lot_id = @lot_id
      AND (@location_id::bigint = 0 OR r.location_id = @location_id)
      AND (r.expires_at, r.lot_id, r.number, r.location_id) > (@after_expires_at::timestamptz, @after_lot_id::bigint, @after_number::integer, @after_location_id::bigint)
      AND (@state::text = '' OR @state = CASE WHEN r.quantity = 0 THEN 'ended' WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END)
    ORDER BY r.expires_at, r.lot_id, r.number, r.location_id
    LIMIT @row_limit
) AS page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = page.location_id
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = page.sales_order_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = page.operation_id
ORDER BY page.expires_at, page.lot_id, page.number, page.location_id;
