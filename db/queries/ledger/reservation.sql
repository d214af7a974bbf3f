-- What is kept for orders (internal/ledger/reservation.go).

-- name: ReservationListLive :many
-- What is left of reservations that have not expired by then.
SELECT r.lot_id, r.number, r.location_id, r.sales_order_id, sales_order.code AS order_code, r.order_line_number, r.quantity, r.expires_at, r.operation_id
FROM reservation AS r
JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = r.sales_order_id
WHERE r.tenant_id = @tenant_id AND r.lot_id = ANY (@lot_ids::bigint[]) AND r.quantity > 0 AND r.expires_at > @locked_at
ORDER BY r.lot_id, r.number, r.location_id;

-- name: ReservationAdd :exec
-- New ones, and what was moved along to another location.
INSERT INTO reservation (tenant_id, lot_id, number, location_id, sales_order_id, order_line_number, quantity, expires_at, operation_id)
SELECT @tenant_id, r.lot_id, r.number, r.location_id, r.sales_order_id, r.order_line_number, r.quantity, r.expires_at, r.operation_id
FROM unnest(@lot_ids::bigint[], @numbers::integer[], @location_ids::bigint[], @sales_order_ids::bigint[], @order_line_numbers::integer[],
            @quantities::numeric[], @expires_ats::timestamptz[], @operation_ids::bigint[])
    AS r (lot_id, number, location_id, sales_order_id, order_line_number, quantity, expires_at, operation_id)
ON CONFLICT (tenant_id, lot_id, number, location_id) DO UPDATE SET quantity = reservation.quantity + excluded.quantity;

-- name: ReservationTake :exec
-- Fails (division_by_zero) if one of them has less, as BalanceTake does.
WITH taken AS (
    UPDATE reservation
    SET quantity = reservation.quantity - r.quantity
    FROM unnest(@lot_ids::bigint[], @numbers::integer[], @location_ids::bigint[], @quantities::numeric[]) AS r (lot_id, number, location_id, quantity)
    WHERE reservation.tenant_id = @tenant_id AND reservation.lot_id = r.lot_id AND reservation.number = r.number AND reservation.location_id = r.location_id
      AND reservation.quantity >= r.quantity
    RETURNING reservation.lot_id
)
SELECT 1 / (count(*) = @wanted::bigint)::integer FROM taken;

-- name: ReservationChangeInsert :exec
-- recorded_at is the operation's, looked up once.
INSERT INTO reservation_change (tenant_id, operation_id, place, lot_id, number, location_id, quantity, recorded_at)
SELECT @tenant_id, @operation_id, c.place, c.lot_id, c.number, c.location_id, c.quantity,
       (SELECT operation.recorded_at FROM operation WHERE operation.tenant_id = @tenant_id AND operation.operation_id = @operation_id)
FROM unnest(@places::integer[], @lot_ids::bigint[], @numbers::integer[], @location_ids::bigint[], @quantities::numeric[])
    AS c (place, lot_id, number, location_id, quantity);

-- name: LotChangeReserved :exec
UPDATE lot
SET reserved_until = c.reserved_until, reservation_count = c.reservation_count
FROM unnest(@lot_ids::bigint[], @reserved_untils::timestamptz[], @reservation_counts::integer[]) AS c (lot_id, reserved_until, reservation_count)
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = c.lot_id;
