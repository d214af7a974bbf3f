-- name: KnownAtLocationListContent :many
-- LocationListContent as known at a log index: what is there now, with what later
-- operations brought taken out and what they took put back. So it costs what is
-- there and what has happened since, and not all that ever passed.
WITH place AS (
    SELECT location_within.location_id, location_within.code
    FROM location_within
    WHERE location_within.tenant_id = @tenant_id
      AND location_within.outer_id = (SELECT top.location_id FROM location AS top WHERE top.tenant_id = @tenant_id AND top.code = @location_code)
      AND location_within.code >= @after_location_code::text AND location_within.code <= @last_location_code::text
),
later AS (
    SELECT log.operation_id
    FROM log
    WHERE log.tenant_id = @tenant_id AND log.log_index > @log_index
    UNION ALL
    SELECT unlogged.operation_id
    FROM unlogged
    WHERE unlogged.tenant_id = @tenant_id
),
page AS (
    SELECT known.location_id, place.code AS location_code, item.sku, item.name AS item_name, item.base_unit, item.weight_unit, lot.lot_id, lot.lot_code,
           lot.production_date, lot.best_before_date, lot.expiry_date, lot.received_at, known.on_hand, known.weight
    FROM (
        SELECT part.location_id, part.lot_id, sum(part.quantity)::numeric AS on_hand, coalesce(sum(part.weight), 0)::numeric AS weight
        FROM (
            SELECT balance.location_id, balance.lot_id, balance.on_hand AS quantity, balance.weight
            FROM balance
            WHERE balance.tenant_id = @tenant_id AND balance.location_id IN (SELECT place.location_id FROM place) AND balance.on_hand > 0
            UNION ALL
            SELECT side.location_id, movement.lot_id, side.quantity, side.weight
            FROM later
            JOIN movement ON movement.tenant_id = @tenant_id AND movement.operation_id = later.operation_id
            CROSS JOIN LATERAL (VALUES (movement.to_location_id, -movement.quantity, -movement.weight), (movement.from_location_id, movement.quantity, movement.weight)) AS side (location_id, quantity, weight)
            WHERE side.location_id IN (SELECT place.location_id FROM place)
        ) AS part
        GROUP BY part.location_id, part.lot_id
        HAVING sum(part.quantity) > 0
    ) AS known
    JOIN place ON place.location_id = known.location_id
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = known.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
    WHERE (place.code, item.sku, lot.lot_code) > (@after_location_code, @after_sku::text, @after_lot_code::text)
      AND (@sku::text = '' OR item.sku = @sku)
      AND (sqlc.narg('held')::boolean IS NULL OR sqlc.narg('held') = EXISTS (
          SELECT FROM hold
          JOIN log AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
          LEFT JOIN log AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id AND released.log_index <= @log_index
          WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND placed.log_index <= @log_index AND released.log_index IS NULL
            AND (hold.location_id IS NULL OR hold.location_id = known.location_id)))
      AND (sqlc.narg('expiring_before')::date IS NULL OR sqlc.narg('expiring_before') > (
          SELECT coalesce(was.expiry_date, was.best_before_date)
          FROM (
              SELECT c.number, c.old_production_date AS production_date, c.old_best_before_date AS best_before_date, c.old_expiry_date AS expiry_date
              FROM lot_date_change AS c
              LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = c.operation_id AND log.log_index <= @log_index
              WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id AND log.log_index IS NULL
              UNION ALL
              SELECT 2147483647, lot.production_date, lot.best_before_date, lot.expiry_date
              ORDER BY number
              LIMIT 1
          ) AS was))
    ORDER BY place.code, item.sku, lot.lot_code
    LIMIT @row_limit
)
SELECT page.location_code, page.sku, page.item_name, page.base_unit, page.weight_unit, page.lot_code, dates.production_date, dates.best_before_date, dates.expiry_date,
       (SELECT count(*)
        FROM hold
        JOIN log AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
        LEFT JOIN log AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id AND released.log_index <= @log_index
        WHERE hold.tenant_id = @tenant_id AND hold.lot_id = page.lot_id AND placed.log_index <= @log_index AND released.log_index IS NULL
          AND (hold.location_id IS NULL OR hold.location_id = page.location_id))::integer AS hold_count,
       page.on_hand, page.weight,
       (SELECT coalesce(sum(c.quantity), 0)
        FROM reservation_change AS c
        JOIN log AS changed ON changed.tenant_id = @tenant_id AND changed.operation_id = c.operation_id AND changed.log_index <= @log_index
        JOIN reservation AS r ON r.tenant_id = @tenant_id AND r.lot_id = c.lot_id AND r.number = c.number AND r.location_id = c.location_id
        WHERE c.tenant_id = @tenant_id AND c.lot_id = page.lot_id AND c.location_id = page.location_id
          AND r.expires_at > (SELECT log.sealed_at FROM log WHERE log.tenant_id = @tenant_id AND log.log_index = @log_index))::numeric AS reserved,
       page.received_at
FROM page
CROSS JOIN LATERAL (
    SELECT c.number, c.old_production_date AS production_date, c.old_best_before_date AS best_before_date, c.old_expiry_date AS expiry_date
    FROM lot_date_change AS c
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = c.operation_id AND log.log_index <= @log_index
    WHERE c.tenant_id = @tenant_id AND c.lot_id = page.lot_id AND log.log_index IS NULL
    UNION ALL
    SELECT 2147483647, page.production_date, page.best_before_date, page.expiry_date
    ORDER BY number
    LIMIT 1
) AS dates
ORDER BY page.location_code, page.sku, page.lot_code;
