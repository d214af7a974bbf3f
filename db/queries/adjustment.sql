-- Adjustments and scrapping: why, and who approved (package lots).

-- name: AdjustmentInsert :exec
INSERT INTO adjustment (tenant_id, operation_id, reason_code, approved_by, count_id)
VALUES (@tenant_id, @operation_id, @reason_code, @approved_by, sqlc.narg('count_id'));

-- name: AdjustmentApprovalList :many
-- Items of which more than so much is adjusted or scrapped with a second one's approval
-- only.
SELECT item_id, adjustment_approval_quantity::numeric AS approval_quantity
FROM item
WHERE tenant_id = @tenant_id AND item_id = ANY (@item_ids::bigint[]) AND adjustment_approval_quantity IS NOT NULL;

-- name: ShrinkList :many
-- What was found, missed and scrapped, less what was taken back: a reversal has the
-- quantity below zero, whenever it was. It reads what was adjusted in the period.
WITH shrunk AS (
    SELECT movement.kind, movement.lot_id, movement.operation_id, movement.occurred_at,
           movement.quantity + coalesce((SELECT taken.quantity FROM movement AS taken
                                         WHERE taken.tenant_id = @tenant_id AND taken.reverses_movement_id = movement.movement_id), 0) AS quantity,
           movement.to_location_id >= 1000 AS found,
           CASE WHEN movement.to_location_id >= 1000 THEN movement.to_location_id ELSE movement.from_location_id END AS location_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.kind IN ('adjustment', 'scrap') AND movement.quantity > 0
      AND movement.occurred_at >= @happened_from::timestamptz AND movement.occurred_at < @happened_before::timestamptz
      AND (@lot_id::bigint = 0 OR movement.lot_id = @lot_id)
),
keyed AS (
    SELECT (CASE @group_by::text
                WHEN 'location' THEN location.code
                WHEN 'day' THEN to_char(shrunk.occurred_at AT TIME ZONE coalesce(site.time_zone, 'UTC'), 'YYYY-MM-DD')
                WHEN 'month' THEN to_char(shrunk.occurred_at AT TIME ZONE coalesce(site.time_zone, 'UTC'), 'YYYY-MM')
                ELSE '' END) COLLATE "C" AS key,
           item.sku, item.base_unit, (CASE WHEN @group_by = 'lot' THEN lot.lot_code ELSE '' END) COLLATE "C" AS lot_code,
           coalesce(adjustment.reason_code, '') COLLATE "C" AS reason_code, shrunk.kind, shrunk.found, shrunk.quantity
    FROM shrunk
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = shrunk.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = shrunk.location_id
    LEFT JOIN adjustment ON adjustment.tenant_id = @tenant_id AND adjustment.operation_id = shrunk.operation_id
    LEFT JOIN LATERAL (
        SELECT top.time_zone
        FROM location_within AS place
        JOIN location AS top ON top.tenant_id = @tenant_id AND top.location_id = place.outer_id AND top.kind = 'site'
        WHERE place.tenant_id = @tenant_id AND place.location_id = shrunk.location_id
        LIMIT 1
    ) AS site ON true
    WHERE shrunk.quantity > 0
      AND (@item_id::bigint = 0 OR lot.item_id = @item_id)
      AND (@location_id::bigint = 0 OR EXISTS (
          SELECT FROM location_within AS place
          WHERE place.tenant_id = @tenant_id AND place.location_id = shrunk.location_id AND place.outer_id = @location_id))
      AND (cardinality(@reason_codes::text[]) = 0 OR adjustment.reason_code = ANY (@reason_codes))
)
SELECT keyed.key::text AS key, keyed.sku, keyed.lot_code::text AS lot_code, keyed.reason_code::text AS reason_code, keyed.base_unit,
       coalesce(sum(keyed.quantity) FILTER (WHERE keyed.kind = 'adjustment' AND keyed.found), 0)::numeric AS found,
       coalesce(sum(keyed.quantity) FILTER (WHERE keyed.kind = 'adjustment' AND NOT keyed.found), 0)::numeric AS missed,
       coalesce(sum(keyed.quantity) FILTER (WHERE keyed.kind = 'scrap'), 0)::numeric AS scrapped,
       count(*) AS movement_count
FROM keyed
WHERE (keyed.key, keyed.sku, keyed.lot_code, keyed.reason_code) > (@after_key::text, @after_sku::text, @after_lot_code::text, @after_reason_code::text)
GROUP BY keyed.key, keyed.sku, keyed.lot_code, keyed.reason_code, keyed.base_unit
ORDER BY keyed.key, keyed.sku, keyed.lot_code, keyed.reason_code
LIMIT @row_limit;
