-- Dates of lots, stock that is near its last day or past it, and what the service does
-- about it by itself (package expiry).

-- name: LotListDateChange :many
-- By number, after the given one.
SELECT c.number, c.old_production_date, c.old_best_before_date, c.old_expiry_date, c.old_removal_date,
       c.new_production_date, c.new_best_before_date, c.new_expiry_date, c.new_removal_date, c.retest_reference,
       operation.reason, operation.principal, operation.recorded_at
FROM lot_date_change AS c
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = c.operation_id
WHERE c.tenant_id = @tenant_id AND c.lot_id = @lot_id AND c.number > @after_number
ORDER BY c.number
LIMIT @row_limit;

-- name: ExpiryTenantList :many
-- no tenant: the service looks after all of them
SELECT tenant_id FROM tenant ORDER BY tenant_id;

-- name: ExpirySiteList :many
SELECT location_id, coalesce(time_zone, 'UTC')::text AS time_zone
FROM location
WHERE tenant_id = @tenant_id AND kind = 'site'
ORDER BY location_id;

-- name: ExpiryZoneList :many
-- The time zones of the sites that these locations lie in.
WITH RECURSIVE up AS (
    SELECT location.location_id, location.parent_id, location.time_zone
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.location_id = ANY (@location_ids::bigint[])
    UNION ALL
    SELECT up.location_id, above.parent_id, above.time_zone
    FROM up
    JOIN location AS above ON above.tenant_id = @tenant_id AND above.location_id = up.parent_id
)
SELECT up.location_id, up.time_zone::text AS time_zone
FROM up
WHERE up.time_zone IS NOT NULL;

-- name: ExpiryListDue :many
-- Lots with stock that are past their last day on the latest of the days of the sites
-- where they lie, or within the warning days of their item, and of which that is not
-- recorded. It goes by what is in stock, which is little beside all the lots that there
-- ever were.
WITH RECURSIVE place AS (
    SELECT top.location_id, site.day
    FROM unnest(@site_ids::bigint[], @days::date[]) AS site (location_id, day)
    JOIN location AS top ON top.tenant_id = @tenant_id AND top.location_id = site.location_id
    UNION ALL
    SELECT location.location_id, place.day
    FROM place
    JOIN location ON location.tenant_id = @tenant_id AND location.parent_id = place.location_id
),
stock AS (
    SELECT balance.lot_id, max(place.day)::date AS day
    FROM place
    JOIN balance ON balance.tenant_id = @tenant_id AND balance.location_id = place.location_id AND balance.on_hand > 0
    GROUP BY balance.lot_id
)
SELECT lot.lot_id
FROM stock
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = stock.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE coalesce(lot.expiry_date, lot.best_before_date) <= stock.day + item.warning_days
  AND (coalesce(lot.expiry_date, lot.best_before_date) < stock.day OR item.warning_days > 0)
  AND NOT EXISTS (
      SELECT FROM lot_expiry AS e
      WHERE e.tenant_id = @tenant_id AND e.lot_id = lot.lot_id
        AND e.kind = CASE WHEN coalesce(lot.expiry_date, lot.best_before_date) < stock.day THEN 'hold' ELSE 'alert' END
        AND e.round = (SELECT count(*) FROM lot_date_change AS c
                       WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id
                         AND coalesce(c.old_expiry_date, c.old_best_before_date) IS DISTINCT FROM coalesce(c.new_expiry_date, c.new_best_before_date)))
ORDER BY lot.lot_id
LIMIT @row_limit;

-- name: ExpiryLotList :many
-- What decides about these lots, beside themselves: to be asked once they are locked.
SELECT lot.lot_id, item.warning_days, changes.round::integer AS round,
       EXISTS (SELECT FROM lot_expiry AS e
               WHERE e.tenant_id = @tenant_id AND e.lot_id = lot.lot_id AND e.kind = 'hold' AND e.round = changes.round) AS held,
       EXISTS (SELECT FROM lot_expiry AS e
               WHERE e.tenant_id = @tenant_id AND e.lot_id = lot.lot_id AND e.kind = 'alert' AND e.round = changes.round) AS alerted
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
CROSS JOIN LATERAL (
    SELECT count(*) AS round
    FROM lot_date_change AS c
    WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id
      AND coalesce(c.old_expiry_date, c.old_best_before_date) IS DISTINCT FROM coalesce(c.new_expiry_date, c.new_best_before_date)
) AS changes
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[])
ORDER BY lot.lot_id;

-- name: ExpiryInsert :exec
INSERT INTO lot_expiry (tenant_id, lot_id, kind, round, last_day, operation_id)
SELECT @tenant_id, e.lot_id, @kind, e.round, e.last_day, @operation_id
FROM unnest(@lot_ids::bigint[], @rounds::integer[], @last_days::date[]) AS e (lot_id, round, last_day);

-- name: ExpiryListHold :many
-- The holds on a lot that the service placed because it was past its last day, and
-- that stand.
SELECT hold.number, max(e.operation_id)::bigint AS operation_id
FROM lot_expiry AS e
JOIN hold ON hold.tenant_id = @tenant_id AND hold.lot_id = e.lot_id AND hold.placed_operation_id = e.operation_id AND hold.released_operation_id IS NULL
WHERE e.tenant_id = @tenant_id AND e.lot_id = @lot_id AND e.kind = 'hold'
GROUP BY hold.number
ORDER BY hold.number;

-- name: ExpiryListStock :many
-- Stock with a last day, in the order of that, sku, lot code and location, after the
-- given ones: what is past it, what has it within so many days, or both. days are those
-- of the sites; inside is the location that it is to be in or under, 0 for all.
WITH RECURSIVE place AS (
    SELECT top.location_id, top.code, top.code AS site_code, site.day, (@inside_id::bigint = 0 OR top.location_id = @inside_id) AS inside
    FROM unnest(@site_ids::bigint[], @days::date[]) AS site (location_id, day)
    JOIN location AS top ON top.tenant_id = @tenant_id AND top.location_id = site.location_id
    UNION ALL
    SELECT location.location_id, location.code, place.site_code, place.day, (place.inside OR location.location_id = @inside_id)
    FROM place
    JOIN location ON location.tenant_id = @tenant_id AND location.parent_id = place.location_id
)
SELECT lot.lot_id, item.sku, item.name AS item_name, item.category, item.base_unit, lot.lot_code,
       lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date,
       coalesce(lot.expiry_date, lot.best_before_date)::date AS last_day, lot.hold_count,
       place.code::text AS location_code, place.site_code::text AS site_code, place.day::date AS day, balance.on_hand
FROM place
JOIN balance ON balance.tenant_id = @tenant_id AND balance.location_id = place.location_id AND balance.on_hand > 0
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE place.inside
  AND (@sku::text = '' OR item.sku = @sku) AND (@category::text = '' OR item.category = @category)
  AND ((@with_expired::boolean AND coalesce(lot.expiry_date, lot.best_before_date) < place.day)
       OR (@with_expiring::boolean AND coalesce(lot.expiry_date, lot.best_before_date) BETWEEN place.day AND place.day + @within_days::integer))
  AND (coalesce(lot.expiry_date, lot.best_before_date), item.sku, lot.lot_code, place.code)
      > (@after_last_day::date, @after_sku::text, @after_lot_code::text, @after_location_code::text)
ORDER BY last_day, item.sku, lot.lot_code, place.code
LIMIT @row_limit;

-- name: ExpiryListCost :many
-- What was paid for lots, receipt line by receipt line, less what was taken back. One
-- cost unit is numerator/denominator base units. It is not known if the item does not
-- have the unit any more.
SELECT paid.lot_id, paid.quantity, coalesce(r.unit_cost, 0)::numeric AS unit_cost, coalesce(r.cost_currency, '')::text AS currency,
       coalesce(unit.numerator, 1)::numeric AS numerator, coalesce(unit.denominator, 1)::numeric AS denominator,
       (r.unit_cost IS NOT NULL AND (r.cost_unit = item.base_unit OR unit.unit IS NOT NULL))::boolean AS known
FROM (
    SELECT movement.lot_id, movement.receipt_line_id, sum(movement.quantity)::numeric AS quantity
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind = 'receipt'
    GROUP BY movement.lot_id, movement.receipt_line_id
    HAVING sum(movement.quantity) > 0
) AS paid
JOIN receipt_line AS r ON r.tenant_id = @tenant_id AND r.receipt_line_id = paid.receipt_line_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = paid.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN item_unit AS unit ON unit.tenant_id = @tenant_id AND unit.item_id = lot.item_id AND unit.unit = r.cost_unit
ORDER BY paid.lot_id, paid.receipt_line_id;

-- name: ExpiryLocation :one
SELECT location_id
FROM location
WHERE tenant_id = @tenant_id AND code = @code AND kind <> 'virtual';
