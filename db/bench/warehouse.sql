-- What a warehouse asks, each in one query that returns what the service answers.

-- What to pick of an item, first expired first out, on a day and from a location and what
-- is under it, and which lots are passed over because they are held or have expired: the
-- service's ProposePicks is measured against it. How many lots it takes is told to it, so
-- it looks at no lot too many.

-- name: Picks
WITH looked AS MATERIALIZED (
    (SELECT lot_id, lot_code, production_date, best_before_date, expiry_date, removal_date, hold_count, rotation_day, received_at
     FROM lot
     WHERE tenant_id = $1 AND item_id = $2 AND stocked AND rotation_day >= $4::date
     ORDER BY rotation_day, received_at, lot_code
     LIMIT $6)
    UNION ALL
    (SELECT lot_id, lot_code, production_date, best_before_date, expiry_date, removal_date, hold_count, rotation_day, received_at
     FROM lot
     WHERE tenant_id = $1 AND item_id = $2 AND stocked AND rotation_day < $4::date
     ORDER BY rotation_day DESC, received_at DESC, lot_code DESC
     LIMIT 20)
), held AS MATERIALIZED (
    SELECT looked.*, CASE WHEN looked.hold_count > 0 THEN (
               SELECT string_agg(hold.reason, ', ' ORDER BY hold.number)
               FROM hold
               WHERE hold.tenant_id = $1 AND hold.lot_id = looked.lot_id AND hold.released_operation_id IS NULL) ELSE '' END AS held_by
    FROM looked
), stock AS (
    SELECT held.*, place.code AS location_code, balance.on_hand,
           CASE WHEN held.rotation_day < $4::date THEN 'LOT_EXPIRED' WHEN held.hold_count > 0 THEN 'LOT_HELD' ELSE '' END AS passed
    FROM held
    JOIN balance ON balance.tenant_id = $1 AND balance.lot_id = held.lot_id AND balance.on_hand <> 0
    CROSS JOIN LATERAL (
        SELECT location.code, location.kind
        FROM location
        WHERE location.tenant_id = $1 AND location.location_id = balance.location_id
        LIMIT 1
    ) AS place
    WHERE place.kind <> 'quarantine'
      AND (SELECT count(*) FROM location_within AS inside
           WHERE inside.tenant_id = $1 AND inside.location_id = balance.location_id AND inside.outer_id = $3) > 0
), picks AS (
    SELECT stock.*, sum(on_hand) FILTER (WHERE passed = '') OVER (ORDER BY rotation_day, received_at, lot_code, location_code) AS upto
    FROM stock
)
SELECT lot_code, location_code, least(on_hand, $5::numeric - upto + on_hand) AS quantity, on_hand, passed, held_by,
       production_date, best_before_date, expiry_date, removal_date, received_at
FROM picks
WHERE passed <> '' OR upto - on_hand < $5::numeric
ORDER BY rotation_day, received_at, lot_code, location_code;

-- What lies in a location and under it, in the order of location, sku and lot code: the
-- service's ListLocationContents is measured against it.

-- name: Contents
SELECT place.code, item.sku, item.name, item.base_unit, lot.lot_code, balance.on_hand, lot.production_date, lot.best_before_date, lot.expiry_date,
       CASE WHEN lot.hold_count > 0 THEN (
           SELECT count(*)
           FROM hold
           WHERE hold.tenant_id = $1 AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL
             AND (hold.location_id IS NULL OR hold.location_id = place.location_id)) ELSE 0 END AS holds,
       lot.received_at
FROM location_within AS place
JOIN balance ON balance.tenant_id = $1 AND balance.location_id = place.location_id AND balance.on_hand > 0
JOIN lot ON lot.tenant_id = $1 AND lot.lot_id = balance.lot_id
JOIN item ON item.tenant_id = $1 AND item.item_id = lot.item_id
WHERE place.tenant_id = $1 AND place.outer_id = $2
ORDER BY place.code, item.sku, lot.lot_code
LIMIT $3;
