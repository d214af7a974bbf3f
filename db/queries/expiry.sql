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
-- recorded. Item by item, out of the index of what there is by last day: it costs what is
-- past its last day or near it, and not what is in stock.
SELECT lot.lot_id
FROM item
CROSS JOIN LATERAL (
    SELECT near.lot_id, near.rotation_day
    FROM lot AS near
    WHERE near.tenant_id = @tenant_id AND near.item_id = item.item_id AND near.stocked
      AND near.rotation_day <= (SELECT max(day) FROM unnest(@days::date[]) AS day) + item.warning_days
    OFFSET 0
) AS lot
CROSS JOIN LATERAL (
    SELECT max((@days::date[])[array_position(@site_ids::bigint[], above.outer_id)])::date AS day
    FROM balance
    JOIN location_within AS above ON above.tenant_id = @tenant_id AND above.location_id = balance.location_id AND above.outer_id = ANY (@site_ids)
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand <> 0
) AS stock
WHERE item.tenant_id = @tenant_id
  AND lot.rotation_day <= stock.day + item.warning_days
  AND (lot.rotation_day < stock.day OR item.warning_days > 0)
  AND NOT EXISTS (
      SELECT FROM lot_expiry AS e
      WHERE e.tenant_id = @tenant_id AND e.lot_id = lot.lot_id
        AND e.kind = CASE WHEN lot.rotation_day < stock.day THEN 'hold' ELSE 'alert' END
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
--
-- The lots are found item by item, out of the index of what there is by last day, and
-- looked up in their order until the page is full: it costs what has its last day in the
-- time asked about, and not what is in stock.
WITH near AS (
    SELECT item.item_id, item.sku, item.name AS item_name, item.category, item.base_unit, item.weight_unit, by_day.rotation_day, by_day.lot_code
    FROM item
    CROSS JOIN LATERAL (
        SELECT lot.rotation_day, lot.lot_code
        FROM lot
        WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id AND lot.stocked
          AND lot.rotation_day >= (SELECT greatest(@after_last_day::date, CASE WHEN NOT @with_expired::boolean THEN min(day) END) FROM unnest(@days::date[]) AS day)
          AND lot.rotation_day <= (SELECT CASE WHEN @with_expiring::boolean THEN max(day) + @within_days::integer ELSE max(day) - 1 END FROM unnest(@days::date[]) AS day)
        OFFSET 0
    ) AS by_day
    WHERE item.tenant_id = @tenant_id AND (@sku::text = '' OR item.sku = @sku) AND (@category::text = '' OR item.category = @category)
      AND (by_day.rotation_day, item.sku, by_day.lot_code) >= (@after_last_day, @after_sku::text, @after_lot_code::text)
    ORDER BY by_day.rotation_day, item.sku, by_day.lot_code
),
page AS (
    SELECT near.*, lot.lot_id, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count,
           stock.location_code, stock.site_id, stock.day, stock.on_hand, stock.weight
    FROM near
    CROSS JOIN LATERAL (
        SELECT by_code.lot_id, by_code.production_date, by_code.best_before_date, by_code.expiry_date, by_code.removal_date, by_code.hold_count
        FROM lot AS by_code
        WHERE by_code.tenant_id = @tenant_id AND by_code.item_id = near.item_id AND by_code.lot_code = near.lot_code
        LIMIT 1
    ) AS lot
    CROSS JOIN LATERAL (
        SELECT above.code AS location_code, above.outer_id AS site_id, (@days::date[])[array_position(@site_ids::bigint[], above.outer_id)]::date AS day, balance.on_hand, balance.weight
        FROM balance
        JOIN location_within AS above ON above.tenant_id = @tenant_id AND above.location_id = balance.location_id AND above.outer_id = ANY (@site_ids)
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand <> 0
          AND (@inside_id::bigint = 0
               OR (SELECT count(*) FROM location_within AS outer_place
                   WHERE outer_place.tenant_id = @tenant_id AND outer_place.location_id = balance.location_id AND outer_place.outer_id = @inside_id) > 0)
    ) AS stock
    WHERE ((@with_expired AND near.rotation_day < stock.day)
           OR (@with_expiring AND near.rotation_day BETWEEN stock.day AND stock.day + @within_days))
      AND (near.rotation_day, near.sku, near.lot_code, stock.location_code) > (@after_last_day, @after_sku, @after_lot_code, @after_location_code::text)
    ORDER BY near.rotation_day, near.sku, near.lot_code
    FETCH FIRST (@row_limit) ROWS WITH TIES
)
SELECT page.lot_id, page.sku, page.item_name, page.category, page.base_unit, page.weight_unit, page.lot_code,
       page.production_date, page.best_before_date, page.expiry_date, page.removal_date,
       page.rotation_day AS last_day, page.hold_count,
       page.location_code, site.code AS site_code, page.day, page.on_hand, coalesce(page.weight, 0)::numeric AS weight
FROM page
CROSS JOIN LATERAL (
    SELECT location.code
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.location_id = page.site_id
    LIMIT 1
) AS site
ORDER BY page.rotation_day, page.sku, page.lot_code, page.location_code
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
