-- Cycle counts (package lots).

-- name: CountLocationGet :one
SELECT location_id, kind
FROM location
WHERE tenant_id = @tenant_id AND code = @code;

-- name: CountInsert :execrows
INSERT INTO stock_count (tenant_id, count_id, code, location_id, blind, tolerance_percent, note, opened_by)
VALUES (@tenant_id, @count_id, @code, sqlc.narg('location_id'), @blind, sqlc.narg('tolerance_percent'), @note, @opened_by)
ON CONFLICT (tenant_id, code) DO NOTHING;

-- name: CountItemInsert :exec
INSERT INTO stock_count_item (tenant_id, count_id, item_id)
SELECT @tenant_id, @count_id, item_id
FROM unnest(@item_ids::bigint[]) AS i (item_id);

-- name: CountListStockAt :many
-- What lies at a location and under it, of some items or of all; of an untracked item
-- all together.
SELECT place.location_id, lot.item_id, (CASE WHEN lot.inferred THEN '' ELSE lot.lot_code END)::text AS lot_code
FROM location_within AS place
JOIN balance ON balance.tenant_id = @tenant_id AND balance.location_id = place.location_id AND balance.on_hand > 0
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE place.tenant_id = @tenant_id AND place.outer_id = @location_id
  AND (cardinality(@item_ids::bigint[]) = 0 OR lot.item_id = ANY (@item_ids))
GROUP BY place.code, place.location_id, item.sku, lot.item_id, 3
ORDER BY place.code, item.sku, 3
LIMIT @row_limit;

-- name: CountListStockOf :many
-- The same everywhere, of some items.
SELECT balance.location_id, lot.item_id, (CASE WHEN lot.inferred THEN '' ELSE lot.lot_code END)::text AS lot_code
FROM lot
JOIN balance ON balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand > 0
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = balance.location_id
WHERE lot.tenant_id = @tenant_id AND lot.item_id = ANY (@item_ids::bigint[])
GROUP BY location.code, balance.location_id, item.sku, lot.item_id, 3
ORDER BY location.code, item.sku, 3
LIMIT @row_limit;

-- name: CountLineInsert :exec
INSERT INTO stock_count_line (tenant_id, count_id, number, location_id, item_id, lot_code, listed)
SELECT @tenant_id, @count_id, l.number, l.location_id, l.item_id, l.lot_code, @listed
FROM unnest(@numbers::integer[], @location_ids::bigint[], @item_ids::bigint[], @lot_codes::text[]) AS l (number, location_id, item_id, lot_code);

-- name: CountLock :one
-- Whoever records readings of a count or closes it has its row locked.
SELECT count_id
FROM stock_count
WHERE tenant_id = @tenant_id AND code = @code
FOR NO KEY UPDATE;

-- name: CountGet :one
SELECT c.count_id, c.code, coalesce(location.code, '')::text AS location_code, coalesce(c.location_id, 0)::bigint AS location_id, c.blind, c.tolerance_percent, c.note,
       c.state, c.opened_by, c.opened_at, c.closed_by, c.closed_at, c.closing_reason,
       ARRAY(SELECT item.sku
             FROM stock_count_item AS i
             JOIN item ON item.tenant_id = @tenant_id AND item.item_id = i.item_id
             WHERE i.tenant_id = @tenant_id AND i.count_id = c.count_id
             ORDER BY item.sku)::text[] AS skus
FROM stock_count AS c
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = c.location_id
WHERE c.tenant_id = @tenant_id AND c.code = @code;

-- name: CountList :many
SELECT c.count_id, c.code, coalesce(location.code, '')::text AS location_code, coalesce(c.location_id, 0)::bigint AS location_id, c.blind, c.tolerance_percent, c.note,
       c.state, c.opened_by, c.opened_at, c.closed_by, c.closed_at, c.closing_reason,
       ARRAY(SELECT item.sku
             FROM stock_count_item AS i
             JOIN item ON item.tenant_id = @tenant_id AND item.item_id = i.item_id
             WHERE i.tenant_id = @tenant_id AND i.count_id = c.count_id
             ORDER BY item.sku)::text[] AS skus
FROM stock_count AS c
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = c.location_id
WHERE c.tenant_id = @tenant_id AND c.code > @after_code AND (@state::text = '' OR c.state = @state)
ORDER BY c.code
LIMIT @row_limit;

-- name: CountClose :one
UPDATE stock_count
SET state = @state, closed_by = @closed_by, closed_at = clock_timestamp(), closing_reason = @closing_reason
WHERE tenant_id = @tenant_id AND count_id = @count_id
RETURNING closed_at;

-- name: CountListWithin :many
-- Which of some locations are a count's.
SELECT location_id
FROM location_within
WHERE tenant_id = @tenant_id AND outer_id = @location_id AND location_id = ANY (@location_ids::bigint[]);

-- name: CountListLine :many
-- Lines by number, with the last reading.
SELECT line.number, line.location_id, location.code AS location_code, line.item_id, item.sku, item.base_unit, item.weight_unit, line.lot_code, line.listed, line.state, line.left_out,
       coalesce(reading.number, 0)::integer AS readings, coalesce(reading.expected, 0)::numeric AS expected, coalesce(reading.counted, 0)::numeric AS counted,
       coalesce(reading.expected_weight, 0)::numeric AS expected_weight, coalesce(reading.counted_weight, 0)::numeric AS counted_weight,
       coalesce(reading.counted_by, '')::text AS counted_by, coalesce(reading.recorded_at, 'epoch')::timestamptz AS recorded_at
FROM stock_count_line AS line
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = line.location_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = line.item_id
LEFT JOIN LATERAL (
    SELECT r.number, r.expected, r.counted, r.expected_weight, r.counted_weight, r.counted_by, r.recorded_at
    FROM stock_count_reading AS r
    WHERE r.tenant_id = @tenant_id AND r.count_id = line.count_id AND r.line_number = line.number
    ORDER BY r.number DESC
    LIMIT 1
) AS reading ON true
WHERE line.tenant_id = @tenant_id AND line.count_id = @count_id AND line.number > @after_number AND (@state::text = '' OR line.state = @state)
ORDER BY line.number
LIMIT @row_limit;

-- name: CountListLineByKey :many
-- The lines that there are of these, with the last reading.
SELECT line.number, line.location_id, line.item_id, line.lot_code, coalesce(reading.number, 0)::integer AS readings,
       coalesce(reading.counted - reading.expected, 0)::numeric AS variance,
       coalesce(reading.counted_weight - reading.expected_weight, 0)::numeric AS weight_variance, line.listed
FROM unnest(@location_ids::bigint[], @item_ids::bigint[], @lot_codes::text[]) AS k (location_id, item_id, lot_code)
JOIN stock_count_line AS line ON line.tenant_id = @tenant_id AND line.count_id = @count_id
    AND line.location_id = k.location_id AND line.item_id = k.item_id AND line.lot_code = k.lot_code
LEFT JOIN LATERAL (
    SELECT r.number, r.expected, r.counted, r.expected_weight, r.counted_weight
    FROM stock_count_reading AS r
    WHERE r.tenant_id = @tenant_id AND r.count_id = @count_id AND r.line_number = line.number
    ORDER BY r.number DESC
    LIMIT 1
) AS reading ON true;

-- name: CountLastLine :one
SELECT coalesce(max(number), 0)::integer
FROM stock_count_line
WHERE tenant_id = @tenant_id AND count_id = @count_id;

-- name: CountListInferred :many
-- What there is of untracked items at locations, all their lots together.
SELECT k.item_id::bigint AS item_id, k.location_id::bigint AS location_id, coalesce(sum(balance.on_hand), 0)::numeric AS on_hand
FROM unnest(@item_ids::bigint[], @location_ids::bigint[]) AS k (item_id, location_id)
JOIN lot ON lot.tenant_id = @tenant_id AND lot.item_id = k.item_id AND lot.inferred
JOIN balance ON balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.location_id = k.location_id
GROUP BY k.item_id, k.location_id;

-- name: CountReadingInsert :exec
INSERT INTO stock_count_reading (tenant_id, count_id, line_number, number, expected, counted, entered_quantity, entered_unit, counted_by, principal, recorded_at, expected_weight, counted_weight)
SELECT @tenant_id, @count_id, r.line_number, r.number, r.expected, r.counted, r.entered_quantity, r.entered_unit, @counted_by, @principal, @recorded_at,
       CASE WHEN r.weighed THEN r.expected_weight END, CASE WHEN r.weighed THEN r.counted_weight END
FROM unnest(@line_numbers::integer[], @numbers::integer[], @expecteds::numeric[], @counteds::numeric[], @entered_quantities::numeric[], @entered_units::text[],
            @weigheds::boolean[], @expected_weights::numeric[], @counted_weights::numeric[])
    AS r (line_number, number, expected, counted, entered_quantity, entered_unit, weighed, expected_weight, counted_weight);

-- name: CountLineUpdate :exec
UPDATE stock_count_line
SET state = l.state, left_out = l.left_out
FROM unnest(@numbers::integer[], @states::text[], @left_outs::text[]) AS l (number, state, left_out)
WHERE stock_count_line.tenant_id = @tenant_id AND stock_count_line.count_id = @count_id AND stock_count_line.number = l.number;

-- name: CountListInferredLot :many
-- The lots of untracked items that were ever at locations.
SELECT k.line_number::integer AS line_number, lot.lot_id
FROM unnest(@line_numbers::integer[], @item_ids::bigint[], @location_ids::bigint[]) AS k (line_number, item_id, location_id)
JOIN lot ON lot.tenant_id = @tenant_id AND lot.item_id = k.item_id AND lot.inferred
JOIN balance ON balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.location_id = k.location_id;

-- name: CountListSince :many
-- What was recorded of lots at locations since they were counted: by how much it
-- changed what is there, and whether any of it happened before, takes back what was
-- recorded before, or is an adjustment.
SELECT k.line_number::integer AS line_number,
       sum(CASE WHEN movement.to_location_id = k.location_id THEN movement.quantity ELSE -movement.quantity END)::numeric AS net,
       bool_or(movement.quantity > 0 AND movement.occurred_at <= k.counted_at)::boolean AS late,
       bool_or(reversed.recorded_at IS NOT NULL AND reversed.recorded_at < k.counted_at)::boolean AS taken_back,
       bool_or(movement.kind = 'adjustment')::boolean AS adjusted
FROM unnest(@line_numbers::integer[], @lot_ids::bigint[], @location_ids::bigint[], @counted_ats::timestamptz[]) AS k (line_number, lot_id, location_id, counted_at)
JOIN movement ON movement.tenant_id = @tenant_id AND movement.lot_id = k.lot_id AND movement.recorded_at >= k.counted_at
    AND (movement.from_location_id = k.location_id OR movement.to_location_id = k.location_id)
LEFT JOIN movement AS reversed ON reversed.tenant_id = @tenant_id AND reversed.movement_id = movement.reverses_movement_id
GROUP BY k.line_number;
