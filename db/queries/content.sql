-- name: LocationListContent :many
-- What is in a location and, if asked for, in everything under it, in the order
-- of location, sku and lot code, after the given ones.
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
SELECT under.code AS location_code, item.sku, item.name AS item_name, item.base_unit, lot.lot_code, lot.expiry_date,
       lot.hold_count, balance.on_hand
FROM under
JOIN balance ON balance.tenant_id = @tenant_id AND balance.location_id = under.location_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE balance.on_hand > 0
  AND (under.code, item.sku, lot.lot_code) > (@after_location_code::text, @after_sku::text, @after_lot_code::text)
ORDER BY under.code, item.sku, lot.lot_code
LIMIT @row_limit;

-- name: LocationExists :one
SELECT EXISTS (SELECT FROM location WHERE tenant_id = @tenant_id AND code = @code AND kind <> 'virtual');
