-- What an item is now is its last revision; the columns of item, item_unit and
-- item_gtin are what other queries ask for.

-- name: ItemGet :one
SELECT item.revision, revision.content
FROM item
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'item'
    AND revision.subject_id = item.item_id AND revision.revision = item.revision
WHERE item.tenant_id = @tenant_id AND item.sku = @sku;

-- name: ItemList :many
SELECT item.sku, item.revision, revision.content
FROM item
JOIN revision ON revision.tenant_id = @tenant_id AND revision.subject = 'item'
    AND revision.subject_id = item.item_id AND revision.revision = item.revision
WHERE item.tenant_id = @tenant_id AND item.sku > @after
ORDER BY item.sku
LIMIT @row_limit;

-- name: ItemListKnown :many
SELECT sku
FROM item
WHERE tenant_id = @tenant_id AND sku = ANY (@skus::text[]);

-- name: ItemInsert :exec
-- Whoever inserts the same sku meanwhile is waited for, and then nothing is
-- inserted. In the order of the arrays, which are sorted by sku. An approval quantity
-- of -1 is none.
INSERT INTO item (tenant_id, item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, lot_code_pattern, adjustment_approval_quantity, weight_unit, weight_decimals, revision)
SELECT @tenant_id, i.item_id, i.sku, i.name, i.category, i.base_unit, i.decimals, i.tracking, i.expiry_tracked, i.shelf_life_days, i.fefo, i.warning_days, i.lot_code_pattern, nullif(i.adjustment_approval_quantity, -1), i.weight_unit, i.weight_decimals, i.revision
FROM unnest(@item_ids::bigint[], @skus::text[], @names::text[], @categories::text[], @base_units::text[], @decimals::smallint[],
            @trackings::text[], @expiry_trackeds::boolean[], @shelf_life_days::integer[], @fefos::boolean[], @warning_days::integer[], @lot_code_patterns::text[],
            @adjustment_approval_quantities::numeric[], @weight_units::text[], @weight_decimals::smallint[], @revisions::integer[])
    AS i (item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, lot_code_pattern, adjustment_approval_quantity, weight_unit, weight_decimals, revision)
ON CONFLICT (tenant_id, sku) DO NOTHING;

-- name: ItemLock :many
SELECT item_id, sku, base_unit, decimals, tracking, weight_unit, weight_decimals
FROM item
WHERE tenant_id = @tenant_id AND sku = ANY (@skus::text[])
ORDER BY sku
FOR NO KEY UPDATE;

-- name: ItemLockAgainstUse :many
-- Waits for whoever is adding a lot or an order of these items, and keeps others
-- from it: they lock the item in a way that this one disagrees with.
SELECT item_id
FROM item
WHERE tenant_id = @tenant_id AND item_id = ANY (@item_ids::bigint[])
ORDER BY sku
FOR UPDATE;

-- name: ItemListUsage :many
-- What has quantities in the item's base unit.
SELECT item.item_id,
       (EXISTS (SELECT FROM lot WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id))::boolean AS has_lots,
       (EXISTS (SELECT FROM purchase_order_line AS p WHERE p.tenant_id = @tenant_id AND p.item_id = item.item_id)
        OR EXISTS (SELECT FROM sales_order_line AS s WHERE s.tenant_id = @tenant_id AND s.item_id = item.item_id)
        OR EXISTS (SELECT FROM production_order AS o WHERE o.tenant_id = @tenant_id AND o.item_id = item.item_id))::boolean AS has_orders
FROM item
WHERE item.tenant_id = @tenant_id AND item.item_id = ANY (@item_ids::bigint[]);

-- name: ItemUpdate :exec
UPDATE item
SET name = i.name, category = i.category, base_unit = i.base_unit, decimals = i.decimals, tracking = i.tracking,
    expiry_tracked = i.expiry_tracked, shelf_life_days = i.shelf_life_days, fefo = i.fefo, warning_days = i.warning_days,
    lot_code_pattern = i.lot_code_pattern, adjustment_approval_quantity = nullif(i.adjustment_approval_quantity, -1), weight_unit = i.weight_unit, weight_decimals = i.weight_decimals, revision = i.revision
FROM unnest(@item_ids::bigint[], @skus::text[], @names::text[], @categories::text[], @base_units::text[], @decimals::smallint[],
            @trackings::text[], @expiry_trackeds::boolean[], @shelf_life_days::integer[], @fefos::boolean[], @warning_days::integer[], @lot_code_patterns::text[],
            @adjustment_approval_quantities::numeric[], @weight_units::text[], @weight_decimals::smallint[], @revisions::integer[])
    AS i (item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, lot_code_pattern, adjustment_approval_quantity, weight_unit, weight_decimals, revision)
WHERE item.tenant_id = @tenant_id AND item.item_id = i.item_id;

-- name: ItemUnitDelete :exec
DELETE FROM item_unit
WHERE tenant_id = @tenant_id AND item_id = ANY (@item_ids::bigint[]);

-- name: ItemUnitInsert :exec
INSERT INTO item_unit (tenant_id, item_id, unit, numerator, denominator)
SELECT @tenant_id, u.item_id, u.unit, u.numerator, u.denominator
FROM unnest(@item_ids::bigint[], @units::text[], @numerators::numeric[], @denominators::numeric[])
    AS u (item_id, unit, numerator, denominator);

-- name: ItemGTINDelete :exec
DELETE FROM item_gtin
WHERE tenant_id = @tenant_id AND item_id = ANY (@item_ids::bigint[]);

-- name: ItemGTINInsert :many
-- Returns those that were free. In the order of the arrays, which are sorted by
-- GTIN.
INSERT INTO item_gtin (tenant_id, gtin, item_id, unit)
SELECT @tenant_id, g.gtin, g.item_id, g.unit
FROM unnest(@gtins::text[], @item_ids::bigint[], @units::text[]) AS g (gtin, item_id, unit)
ON CONFLICT (tenant_id, gtin) DO NOTHING
RETURNING gtin;

-- name: ItemGTINOwner :one
SELECT item.sku
FROM item_gtin
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = item_gtin.item_id
WHERE item_gtin.tenant_id = @tenant_id AND item_gtin.gtin = @gtin;
