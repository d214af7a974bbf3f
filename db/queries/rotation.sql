-- Whether what is consumed and shipped is in rotation.

-- name: RotationAnyEarlier :one
-- Whether there is stock of the same items with an earlier last day than that of any of
-- these lots, wherever it lies and on hold or not: if there is none, all are in
-- rotation and nothing more needs to be asked.
SELECT EXISTS (
    SELECT FROM unnest(@skus::text[], @lot_codes::text[]) AS k (sku, lot_code)
    JOIN item ON item.tenant_id = @tenant_id AND item.sku = k.sku
    CROSS JOIN LATERAL (
        SELECT lot.rotation_day
        FROM lot
        WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id AND lot.lot_code = k.lot_code
        LIMIT 1
    ) AS named
    CROSS JOIN LATERAL (
        SELECT lot.lot_id
        FROM lot
        WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id AND lot.stocked
          AND lot.rotation_day >= @since::date AND lot.rotation_day < named.rotation_day
        LIMIT 1
    ) AS earlier
);

-- name: RotationListSite :many
-- The sites that locations lie in.
SELECT above.location_id, above.outer_id AS site_id
FROM location_within AS above
JOIN location AS site ON site.tenant_id = @tenant_id AND site.location_id = above.outer_id AND site.kind = 'site'
WHERE above.tenant_id = @tenant_id AND above.location_id = ANY (@location_ids::bigint[]);

-- name: RotationListEarlier :many
-- What could be taken at the sites of these locations, of the same items, with an
-- earlier last day than the latest of those given, which is the last of all days for
-- lots that have none: the first of it for each item and site, in order. Not what is
-- held, in quarantine, past its last day, or reserved for another order than this one,
-- nor, if it is to be shipped, what is past its removal date.
WITH asked AS (
    SELECT k.item_id, site.location_id AS site_id, min(k.day)::date AS day, max(k.rotation_day)::date AS rotation_day
    FROM unnest(@item_ids::bigint[], @location_ids::bigint[], @days::date[], @rotation_days::date[]) AS k (item_id, location_id, day, rotation_day)
    JOIN location_within AS above ON above.tenant_id = @tenant_id AND above.location_id = k.location_id
    JOIN location AS site ON site.tenant_id = @tenant_id AND site.location_id = above.outer_id AND site.kind = 'site'
    GROUP BY k.item_id, site.location_id
)
SELECT asked.item_id::bigint AS item_id, asked.site_id, item.fefo, earlier.lot_id, earlier.lot_code, earlier.rotation_day AS last_day,
       earlier.location_id, earlier.location_code, earlier.available
FROM asked
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = asked.item_id
CROSS JOIN LATERAL (
    SELECT lot.lot_id, lot.lot_code, lot.rotation_day, stock.location_id, place.code AS location_code, free.available
    FROM lot
    CROSS JOIN LATERAL (
        SELECT balance.location_id, balance.on_hand
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand <> 0
        OFFSET 0
    ) AS stock
    CROSS JOIN LATERAL (
        SELECT location.code, location.kind
        FROM location
        WHERE location.tenant_id = @tenant_id AND location.location_id = stock.location_id
        LIMIT 1
    ) AS place
    CROSS JOIN LATERAL (
        SELECT (stock.on_hand - CASE WHEN lot.reserved_until > now() THEN (
            SELECT coalesce(sum(r.quantity), 0)
            FROM reservation AS r
            JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = r.sales_order_id
            WHERE r.tenant_id = @tenant_id AND r.lot_id = lot.lot_id AND r.quantity > 0 AND r.expires_at > now()
              AND r.location_id = stock.location_id AND sales_order.code <> @sales_order_code::text) ELSE 0 END)::numeric AS available
    ) AS free
    WHERE lot.tenant_id = @tenant_id AND lot.item_id = asked.item_id AND lot.stocked AND free.available > 0
      AND lot.rotation_day >= asked.day AND lot.rotation_day < asked.rotation_day
      AND (NOT @to_ship::boolean OR lot.removal_date IS NULL OR lot.removal_date >= asked.day)
      AND place.kind <> 'quarantine'
      AND (SELECT count(*) FROM location_within AS above
           WHERE above.tenant_id = @tenant_id AND above.location_id = stock.location_id AND above.outer_id = asked.site_id) > 0
      AND (lot.hold_count = 0
           OR (SELECT count(*) FROM hold
               WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL
                 AND coalesce(hold.location_id, stock.location_id) = stock.location_id) = 0)
    ORDER BY lot.rotation_day, lot.received_at, lot.lot_code
    LIMIT @row_limit
) AS earlier;

-- name: RotationInsert :exec
INSERT INTO rotation (tenant_id, movement_id, in_rotation, reason)
SELECT @tenant_id, r.movement_id, r.in_rotation, r.reason
FROM unnest(@movement_ids::bigint[], @in_rotations::boolean[], @reasons::text[]) AS r (movement_id, in_rotation, reason);

-- name: RotationPassedInsert :exec
INSERT INTO rotation_passed (tenant_id, movement_id, place, lot_id, location_id, last_day, quantity)
SELECT @tenant_id, p.movement_id, p.place, p.lot_id, p.location_id, p.last_day, p.quantity
FROM unnest(@movement_ids::bigint[], @places::integer[], @lot_ids::bigint[], @location_ids::bigint[], @last_days::date[], @quantities::numeric[])
    AS p (movement_id, place, lot_id, location_id, last_day, quantity);

-- name: RotationListOfMovements :many
SELECT movement_id, in_rotation, reason
FROM rotation
WHERE tenant_id = @tenant_id AND movement_id = ANY (@movement_ids::bigint[]);

-- name: RotationPassedListOfMovements :many
SELECT p.movement_id, p.last_day, p.quantity, lot.lot_code, item.sku, item.base_unit, location.code AS location_code
FROM rotation_passed AS p
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = p.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = p.location_id
WHERE p.tenant_id = @tenant_id AND p.movement_id = ANY (@movement_ids::bigint[])
ORDER BY p.movement_id, p.place;

-- name: RotationMovementListOfRun :many
-- What a run took, in the order of recording, after the given one.
SELECT movement.movement_id, movement.operation_id, lot.lot_code, item.sku, item.base_unit, item.weight_unit, location.code AS location_code, movement.quantity, coalesce(movement.weight, 0)::numeric AS weight,
       movement.entered_quantity, movement.entered_unit, movement.occurred_at, movement.recorded_at, operation.principal,
       rotation.in_rotation, rotation.reason
FROM movement
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = movement.operation_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = movement.from_location_id
LEFT JOIN rotation ON rotation.tenant_id = @tenant_id AND rotation.movement_id = movement.movement_id
WHERE movement.tenant_id = @tenant_id AND movement.run_id = @run_id AND movement.kind = 'consumption' AND movement.quantity > 0
  AND (movement.recorded_at, movement.operation_id, movement.movement_id) > (@after_recorded_at::timestamptz, @after_operation_id::bigint, @after_movement_id::bigint)
ORDER BY movement.recorded_at, movement.operation_id, movement.movement_id
LIMIT @row_limit;
