-- Which lots would be picked: first expired, first out.

-- name: FefoPlaceList :many
-- Locations with the site that each lies in: from the location up, for joined plainly the
-- planner may begin at the sites, and go through all that lies in them.
SELECT named.code, named.location_id, named.kind, site.location_id AS site_id, site.code AS site_code, coalesce(site.time_zone, 'UTC')::text AS time_zone
FROM location AS named
CROSS JOIN LATERAL (
    SELECT above.outer_id
    FROM location_within AS above
    WHERE above.tenant_id = @tenant_id AND above.location_id = named.location_id
    OFFSET 0
) AS above
CROSS JOIN LATERAL (
    SELECT outermost.location_id, outermost.code, outermost.time_zone
    FROM location AS outermost
    WHERE outermost.tenant_id = @tenant_id AND outermost.location_id = above.outer_id AND outermost.kind = 'site'
    LIMIT 1
) AS site
WHERE named.tenant_id = @tenant_id AND named.code = ANY (@codes::text[]);

-- name: FefoLotList :many
-- Lots of an item that there may be something of, from behind the given one.
SELECT lot_id, lot_code, production_date, best_before_date, expiry_date, removal_date, hold_count, rotation_day, received_at,
       coalesce(reserved_until > now(), false)::boolean AS reserved
FROM lot
WHERE tenant_id = @tenant_id AND item_id = @item_id AND stocked
  AND (rotation_day, received_at, lot_code) > (@after_day::date, @after_received_at::timestamptz, @after_lot_code::text)
ORDER BY rotation_day, received_at, lot_code
LIMIT @row_limit;

-- name: FefoLotListExpired :many
-- FefoLotList for lots that are past their last day, those of the latest days.
SELECT lot_id, lot_code, production_date, best_before_date, expiry_date, removal_date, hold_count, rotation_day, received_at,
       coalesce(reserved_until > now(), false)::boolean AS reserved
FROM lot
WHERE tenant_id = @tenant_id AND item_id = @item_id AND stocked AND rotation_day < @day::date
ORDER BY rotation_day DESC, received_at DESC, lot_code DESC
LIMIT @row_limit;

-- name: FefoLotListByCode :many
-- FefoLotList for lots that are named, each by its whole key.
SELECT found.*
FROM unnest(@lot_codes::text[]) AS k (lot_code)
CROSS JOIN LATERAL (
    SELECT lot.lot_id, lot.lot_code, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count, lot.rotation_day, lot.received_at,
           coalesce(lot.reserved_until > now(), false)::boolean AS reserved
    FROM lot
    WHERE lot.tenant_id = @tenant_id AND lot.item_id = @item_id AND lot.lot_code = k.lot_code
    LIMIT 1
) AS found;

-- name: FefoStockList :many
-- What there is of the lots, whether it is at a site, and whether within the location
-- asked about. Lot by lot: joined plainly, the planner may think it cheaper to look
-- through all that is at the site. And with <> 0 for > 0, which are the same: else it
-- may take the index of what is in stock, which begins with the location. And counted
-- for EXISTS, of which it makes a table of all that lies in the site.
SELECT stock.lot_id, stock.location_id, place.code AS location_code, place.kind, stock.on_hand,
       (SELECT count(*) FROM location_within AS outer_place
        WHERE outer_place.tenant_id = @tenant_id AND outer_place.location_id = stock.location_id AND outer_place.outer_id = @site_id::bigint) > 0 AS at_site,
       (SELECT count(*) FROM location_within AS outer_place
        WHERE outer_place.tenant_id = @tenant_id AND outer_place.location_id = stock.location_id AND outer_place.outer_id = @outer_id::bigint) > 0 AS inside
FROM unnest(@lot_ids::bigint[]) AS k (lot_id)
CROSS JOIN LATERAL (
    SELECT balance.lot_id, balance.location_id, balance.on_hand
    FROM balance
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = k.lot_id AND balance.on_hand <> 0
    OFFSET 0
) AS stock
CROSS JOIN LATERAL (
    SELECT location.code, location.kind
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.location_id = stock.location_id
    LIMIT 1
) AS place;

-- name: FefoReservedList :many
-- What of lots is reserved, by location.
SELECT lot_id, location_id, sum(quantity)::numeric AS reserved
FROM reservation
WHERE tenant_id = @tenant_id AND lot_id = ANY (@lot_ids::bigint[]) AND quantity > 0 AND expires_at > now()
GROUP BY lot_id, location_id;

-- name: FefoHoldList :many
SELECT lot_id, number, reason, location_id
FROM hold
WHERE tenant_id = @tenant_id AND lot_id = ANY (@lot_ids::bigint[]) AND released_operation_id IS NULL
ORDER BY lot_id, number;
