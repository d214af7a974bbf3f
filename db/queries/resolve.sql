-- From the business keys that callers use to rows.

-- name: ItemListBySKU :many
SELECT item_id, sku, name, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, lot_code_pattern, weight_unit, weight_decimals
FROM item
WHERE tenant_id = @tenant_id AND sku = ANY (@skus::text[]);

-- name: ItemListWithUnits :many
-- A row for each unit that an item has beside its base unit, and one for an item that
-- has none.
SELECT item.item_id, item.sku, item.name, item.base_unit, item.decimals, item.tracking, item.expiry_tracked, item.shelf_life_days,
       item.lot_code_pattern, item.weight_unit, item.weight_decimals, item_unit.unit, item_unit.numerator, item_unit.denominator
FROM item
LEFT JOIN item_unit ON item_unit.tenant_id = @tenant_id AND item_unit.item_id = item.item_id
WHERE item.tenant_id = @tenant_id AND item.sku = ANY (@skus::text[]);

-- name: ItemLockBySKU :many
-- ItemListBySKU, and a lock that keeps what quantities of the items mean as it
-- is until the transaction ends.
SELECT item_id, sku, name, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, lot_code_pattern, weight_unit, weight_decimals
FROM item
WHERE tenant_id = @tenant_id AND sku = ANY (@skus::text[])
ORDER BY sku
FOR KEY SHARE;

-- name: ItemUnitListOfItems :many
SELECT item_unit.item_id, item_unit.unit, item_unit.numerator, item_unit.denominator
FROM item_unit
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = item_unit.item_id
WHERE item_unit.tenant_id = @tenant_id AND item.sku = ANY (@skus::text[]);

-- name: LocationListByCode :many
-- With the time zone of the site that each lies in, upwards until there is one, and
-- what makes it inactive: the nearest that was deactivated.
WITH RECURSIVE up AS (
    SELECT location.location_id, location.code, location.kind, location.parent_id, location.time_zone,
           CASE WHEN location.deactivation_reason IS NOT NULL THEN location.code END AS deactivated_code
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.code = ANY (@codes::text[])
    UNION ALL
    SELECT up.location_id, up.code, up.kind, above.parent_id, above.time_zone,
           coalesce(up.deactivated_code, CASE WHEN above.deactivation_reason IS NOT NULL THEN above.code END)
    FROM up
    JOIN location AS above ON above.tenant_id = @tenant_id AND above.location_id = up.parent_id
    WHERE up.time_zone IS NULL
)
SELECT up.location_id, up.code, up.kind, coalesce(up.time_zone, 'UTC')::text AS time_zone, coalesce(up.deactivated_code, '')::text AS deactivated_code
FROM up
WHERE up.time_zone IS NOT NULL OR up.parent_id IS NULL;

-- name: LotListByKey :many
-- Each lot by its whole key. Joined plainly, the planner may think it cheaper to
-- look through an item's lots.
SELECT found.lot_id::bigint AS lot_id, item.sku, k.lot_code::text AS lot_code
FROM unnest(@skus::text[], @lot_codes::text[]) AS k (sku, lot_code)
JOIN item ON item.tenant_id = @tenant_id AND item.sku = k.sku
CROSS JOIN LATERAL (
    SELECT lot.lot_id
    FROM lot
    WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id AND lot.lot_code = k.lot_code
    LIMIT 1
) AS found;

-- name: PartyListByCode :many
SELECT party_id, code, name, kinds
FROM party
WHERE tenant_id = @tenant_id AND code = ANY (@codes::text[]);
