-- name: LocationListContent :many
-- What is in a location and, up to the last code, in what is under it, in the order of
-- location, sku and lot code, after the given ones. One location after the other is
-- looked into, in the order of an index, until the page is full; so no more is sorted
-- than lies in those. By the location alone and with ties, for to have all in one
-- order the planner would rather sort everything: it thinks that there is little. And
-- each lot's item by its key: else it may go through all items for each location, to have
-- them in the order of their skus.
--
-- Filters that are empty, or null, let everything pass.
WITH page AS (
    SELECT place.code AS location_code, content.sku, content.item_name, content.base_unit, content.weight_unit, content.lot_code,
           content.production_date, content.best_before_date, content.expiry_date, content.received_at, content.hold_count, content.on_hand, content.weight, content.reserved
    FROM (
        SELECT location_within.code, location_within.location_id
        FROM location_within
        WHERE location_within.tenant_id = @tenant_id
          AND location_within.outer_id = (SELECT top.location_id FROM location AS top WHERE top.tenant_id = @tenant_id AND top.code = @location_code)
          AND location_within.code >= @after_location_code::text AND location_within.code <= @last_location_code::text
        ORDER BY location_within.code
    ) AS place
    CROSS JOIN LATERAL (
        SELECT item.sku, item.name AS item_name, item.base_unit, item.weight_unit, lot.lot_code, lot.production_date, lot.best_before_date, lot.expiry_date, lot.received_at,
               balance.on_hand, balance.weight,
               CASE WHEN lot.hold_count > 0 THEN (
                   SELECT count(*)
                   FROM hold
                   WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL
                     AND (hold.location_id IS NULL OR hold.location_id = place.location_id)) ELSE 0 END::integer AS hold_count,
               CASE WHEN lot.reserved_until > now() THEN (
                   SELECT coalesce(sum(r.quantity), 0)
                   FROM reservation AS r
                   WHERE r.tenant_id = @tenant_id AND r.lot_id = lot.lot_id AND r.quantity > 0 AND r.expires_at > now()
                     AND r.location_id = place.location_id) ELSE 0 END::numeric AS reserved
        FROM balance
        JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
        CROSS JOIN LATERAL (
            SELECT by_id.sku, by_id.name, by_id.base_unit, by_id.weight_unit
            FROM item AS by_id
            WHERE by_id.tenant_id = @tenant_id AND by_id.item_id = lot.item_id
            LIMIT 1
        ) AS item
        WHERE balance.tenant_id = @tenant_id AND balance.location_id = place.location_id AND balance.on_hand > 0
          AND (place.code > @after_location_code OR (item.sku, lot.lot_code) > (@after_sku::text, @after_lot_code::text))
          AND (@sku::text = '' OR item.sku = @sku)
          AND (sqlc.narg('held')::boolean IS NULL OR sqlc.narg('held') = (lot.hold_count > 0 AND (
              SELECT count(*)
              FROM hold
              WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL
                AND (hold.location_id IS NULL OR hold.location_id = place.location_id)) > 0))
          AND (sqlc.narg('expiring_before')::date IS NULL OR coalesce(lot.expiry_date, lot.best_before_date) < sqlc.narg('expiring_before'))
        ORDER BY item.sku, lot.lot_code
        LIMIT @row_limit
    ) AS content
    ORDER BY place.code
    FETCH FIRST (@row_limit) ROWS WITH TIES
)
SELECT page.location_code, page.sku, page.item_name, page.base_unit, page.weight_unit, page.lot_code, page.production_date, page.best_before_date, page.expiry_date, page.hold_count,
       page.on_hand, coalesce(page.weight, 0)::numeric AS weight, page.reserved, page.received_at
FROM page
ORDER BY page.location_code, page.sku, page.lot_code
LIMIT @row_limit;

-- name: LocationExists :one
SELECT EXISTS (SELECT FROM location WHERE tenant_id = @tenant_id AND code = @code AND kind <> 'virtual');
