-- What the log says of dates, as log.sql does of the rest.

-- name: LogListDateChange :many
-- The changes of lots' dates that they made.
SELECT change.operation_id, change.lot_id, change.number, lot.sku, lot.lot_code,
       change.old_production_date, change.old_best_before_date, change.old_expiry_date, change.old_removal_date,
       change.new_production_date, change.new_best_before_date, change.new_expiry_date, change.new_removal_date, change.retest_reference
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT c.operation_id, c.lot_id, c.number, c.old_production_date, c.old_best_before_date, c.old_expiry_date, c.old_removal_date,
           c.new_production_date, c.new_best_before_date, c.new_expiry_date, c.new_removal_date, c.retest_reference
    FROM lot_date_change AS c
    WHERE c.tenant_id = @tenant_id AND c.operation_id BETWEEN done.operation_id AND done.operation_id
      AND (c.operation_id, c.lot_id, c.number) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END,
                                                  CASE WHEN done.place = 1 THEN @after_number::integer ELSE 0 END)
    ORDER BY c.operation_id, c.lot_id, c.number
    LIMIT @each_limit
) AS change
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = change.lot_id
    LIMIT 1
) AS lot
ORDER BY done.place, change.lot_id, change.number
LIMIT @row_limit;

-- name: LogListExpiryAlert :many
-- The lots that they told to be near their last day.
SELECT alert.operation_id, alert.lot_id, lot.sku, lot.lot_code, alert.last_day
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT e.operation_id, e.lot_id, e.last_day
    FROM lot_expiry AS e
    WHERE e.tenant_id = @tenant_id AND e.operation_id BETWEEN done.operation_id AND done.operation_id AND e.kind = 'alert'
      AND (e.operation_id, e.lot_id) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END)
    ORDER BY e.operation_id, e.lot_id
    LIMIT @each_limit
) AS alert
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = alert.lot_id
    LIMIT 1
) AS lot
ORDER BY done.place, alert.lot_id
LIMIT @row_limit;
