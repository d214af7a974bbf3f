-- name: ItemListByGTIN :many
-- What GTINs stand for: a row for each unit that the item has beside its base unit, and
-- one for an item that has none.
SELECT item_gtin.gtin, item_gtin.unit AS gtin_unit, item.item_id, item.sku, item.name, item.base_unit, item.decimals, item.tracking,
       item.expiry_tracked, item.shelf_life_days, item.lot_code_pattern, item.weight_unit, item.weight_decimals, item_unit.unit, item_unit.numerator, item_unit.denominator
FROM item_gtin
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = item_gtin.item_id
LEFT JOIN item_unit ON item_unit.tenant_id = @tenant_id AND item_unit.item_id = item.item_id
WHERE item_gtin.tenant_id = @tenant_id AND item_gtin.gtin = ANY (@gtins::text[]);

-- name: ItemGTINList :many
-- The GTINs of an item, in their order.
SELECT item_gtin.gtin, item_gtin.unit, item.base_unit
FROM item
JOIN item_gtin ON item_gtin.tenant_id = @tenant_id AND item_gtin.item_id = item.item_id
WHERE item.tenant_id = @tenant_id AND item.sku = @sku
ORDER BY item_gtin.gtin;
