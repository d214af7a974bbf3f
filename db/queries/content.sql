-- name: LocationListContent :many
-- What is in a location and, if asked for, in everything under it, in the order
-- of location, sku and lot code, after the given ones. One location after the
-- other is looked into, until the page is full.
WITH RECURSIVE under AS (
    SELECT top.location_id, top.code
    FROM location AS top
    WHERE top.tenant_id = @tenant_id AND top.code = @location_code
    UNION ALL
    SELECT location.location_id, location.code
    FROM under
    JOIN location ON location.tenant_id = @tenant_id AND location.parent_id = under.location_id
    WHERE @with_descendants::boolean
)
SELECT place.code AS location_code, content.sku, content.item_name, content.base_unit, content.lot_code, content.expiry_date,
       content.hold_count, content.on_hand
FROM (SELECT under.location_id, under.code FROM under WHERE under.code >= @after_location_code::text ORDER BY under.code) AS place
CROSS JOIN LATERAL (
    SELECT item.sku, item.name AS item_name, item.base_unit, lot.lot_code, lot.expiry_date, lot.hold_count, balance.on_hand
    FROM balance
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
    WHERE balance.tenant_id = @tenant_id AND balance.location_id = place.location_id AND balance.on_hand > 0
      AND (place.code > @after_location_code OR (item.sku, lot.lot_code) > (@after_sku::text, @after_lot_code::text))
    ORDER BY item.sku, lot.lot_code
    LIMIT @row_limit
) AS content
ORDER BY place.code, content.sku, content.lot_code
LIMIT @row_limit;

-- name: LocationExists :one
SELECT EXISTS (SELECT FROM location WHERE tenant_id = @tenant_id AND code = @code AND kind <> 'virtual');
