-- The dossier of a lot: all that the records say of it, a query or two for each section.
-- Sections that can be long are read in their order first, by ids alone, and then chunk
-- by chunk; or cut behind the last entry.
--
-- All of them are told how far they see, of which lineage_past.sql says more: log_index is
-- the last operation that is seen, and the greatest index there can be is all, in the log or
-- not; what occurred after as_of is not seen. A reversal counts as of the time of what it
-- takes back. So all sections are of one moment, whichever that is, by one set of queries.

-- name: DossierLotGet :one
-- LotGet at the moment. Its dates were those that the first change that is not seen found.
SELECT lot.lot_id, item.sku, item.name AS item_name, item.base_unit, item.weight_unit, lot.lot_code, lot.inferred, party.code AS supplier_code,
       lot.supplier_lot_code, production_order.code AS production_order_code, run.code AS run_code,
       dates.production_date, dates.best_before_date, dates.expiry_date, dates.removal_date,
       (SELECT count(*)
        FROM hold
        JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
        LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = hold.placed_operation_id
        WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id
          AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND placed.occurred_at <= @as_of::timestamptz
          AND NOT EXISTS (
              SELECT FROM operation AS released
              LEFT JOIN log AS release ON release.tenant_id = @tenant_id AND release.operation_id = released.operation_id
              WHERE released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
                AND coalesce(release.log_index, 9223372036854775807) <= @log_index::bigint AND released.occurred_at <= @as_of::timestamptz))::integer AS hold_count,
       operation.recorded_at AS created_at,
       stock.on_hand, stock.weight
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = lot.created_operation_id
LEFT JOIN party ON party.tenant_id = @tenant_id AND party.party_id = lot.supplier_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = lot.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
CROSS JOIN LATERAL (
    SELECT c.number, c.old_production_date AS production_date, c.old_best_before_date AS best_before_date, c.old_expiry_date AS expiry_date, c.old_removal_date AS removal_date
    FROM lot_date_change AS c
    JOIN operation AS changed ON changed.tenant_id = @tenant_id AND changed.operation_id = c.operation_id
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = c.operation_id
    WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id
      AND NOT (coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND changed.occurred_at <= @as_of::timestamptz)
    UNION ALL
    SELECT 2147483647, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date
    ORDER BY number
    LIMIT 1
) AS dates
CROSS JOIN LATERAL (
    SELECT coalesce(sum(side.quantity), 0)::numeric AS on_hand, coalesce(sum(side.weight), 0)::numeric AS weight
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    CROSS JOIN LATERAL (VALUES (movement.to_location_id, movement.quantity, movement.weight), (movement.from_location_id, -movement.quantity, -movement.weight)) AS side (location_id, quantity, weight)
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id AND side.location_id >= 1000
      AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of::timestamptz
) AS stock
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id;

-- name: DossierTotals :one
-- What became of the lot, by kinds of movement: sums, and so without what was taken back.
SELECT item.category, item.base_unit, item.weight_unit,
       moved.received, moved.put_out, moved.consumed, moved.shipped, moved.scrapped, moved.adjusted
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'receipt'), 0)::numeric AS received,
           coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'output'), 0)::numeric AS put_out,
           coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'consumption'), 0)::numeric AS consumed,
           coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'shipment'), 0)::numeric AS shipped,
           coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'scrap'), 0)::numeric AS scrapped,
           (coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'adjustment' AND movement.to_location_id >= 1000), 0)
               - coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'adjustment' AND movement.from_location_id >= 1000), 0))::numeric AS adjusted
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id
      AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of::timestamptz
) AS moved
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id;

-- name: DossierReceiptList :many
-- Those that were taken back too. A lot comes in few receipts, but for what is added to
-- for years, so they are cut: the earliest received first, after the given one.
SELECT receipt.code AS receipt_code, line.line_number, purchase_order.code AS purchase_order_code, line.order_line_number, purchase_order.supplier_id,
       coalesce(purchase_order.content ->> 'orderDate', '')::text AS order_date,
       coalesce((SELECT ordered.content ->> 'dueDate'
                 FROM jsonb_array_elements(purchase_order.content -> 'lines') AS ordered (content)
                 WHERE (ordered.content ->> 'lineNumber')::integer = line.order_line_number), '')::text AS due_date,
       movement.quantity, movement.entered_quantity, movement.entered_unit, coalesce(movement.weight, 0)::numeric AS weight, location.code AS location_code,
       receipt.received_at, recorded.recorded_at, recorded.principal, line.temperature_celsius, line.added_to_existing, line.unit_cost, line.cost_currency, line.cost_unit,
       variance.ordered_quantity, variance.received_quantity, receipt.document_references,
       reversal.recorded_at AS reversed_at, reversal.principal AS reversed_by, reversal.reason AS reversal_reason
FROM movement
JOIN receipt_line AS line ON line.tenant_id = @tenant_id AND line.receipt_line_id = movement.receipt_line_id
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = line.receipt_id
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = line.purchase_order_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = movement.to_location_id
JOIN operation AS recorded ON recorded.tenant_id = @tenant_id AND recorded.operation_id = movement.operation_id
JOIN receipt_variance AS variance ON variance.tenant_id = @tenant_id AND variance.receipt_id = receipt.receipt_id AND variance.order_line_number = line.order_line_number
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
LEFT JOIN operation AS reversal ON reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = movement.operation_id
     AND coalesce((SELECT told.log_index FROM log AS told WHERE told.tenant_id = @tenant_id AND told.operation_id = reversal.operation_id), 9223372036854775807) <= @log_index::bigint
WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.kind = 'receipt' AND movement.quantity > 0
  AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND movement.occurred_at <= @as_of::timestamptz
  AND (receipt.received_at, receipt.code COLLATE "C", line.line_number) > (@after_received_at::timestamptz, @after_code::text, @after_line_number::integer)
ORDER BY receipt.received_at, receipt.code COLLATE "C", line.line_number
LIMIT @row_limit;

-- name: DossierUnitList :many
-- What the units of the lot's item are in its base unit.
SELECT item_unit.unit, item_unit.numerator, item_unit.denominator
FROM lot
JOIN item_unit ON item_unit.tenant_id = @tenant_id AND item_unit.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id;

-- name: DossierRunOrder :many
-- The earliest started first.
SELECT run.run_id, moved.consumed, moved.put_out, moved.first_at, moved.last_at
FROM (
    SELECT at.run_id::bigint AS run_id, coalesce(sum(at.quantity) FILTER (WHERE at.kind = 'consumption'), 0)::numeric AS consumed,
           coalesce(sum(at.quantity) FILTER (WHERE at.kind = 'output'), 0)::numeric AS put_out,
           (min(at.moment) FILTER (WHERE at.quantity > 0))::timestamptz AS first_at, (max(at.moment) FILTER (WHERE at.quantity > 0))::timestamptz AS last_at
    FROM (
        -- What was taken back is 0 at its time.
        SELECT movement.run_id, movement.kind, coalesce(taken.occurred_at, movement.occurred_at) AS moment, sum(movement.quantity) AS quantity
        FROM movement
        LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
        LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
        WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.kind IN ('consumption', 'output')
          AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of::timestamptz
        GROUP BY movement.run_id, movement.kind, moment
    ) AS at
    GROUP BY at.run_id
    HAVING count(*) FILTER (WHERE at.quantity > 0) > 0
) AS moved
JOIN run ON run.tenant_id = @tenant_id AND run.run_id = moved.run_id
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE moved.consumed > 0 OR moved.put_out > 0
ORDER BY run.started_at, production_order.code COLLATE "C", run.code COLLATE "C";

-- name: DossierRunList :many
-- With the item that each was to make. Of the finish of a run one at most is not taken back.
SELECT run.run_id, production_order.code AS production_order_code, run.code, run.started_at, finish.occurred_at AS finished_at, item.sku
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = production_order.item_id
LEFT JOIN operation AS finish ON finish.tenant_id = @tenant_id AND finish.run_id = run.run_id AND finish.kind = 'run_finish' AND finish.occurred_at <= @as_of::timestamptz
     AND coalesce((SELECT told.log_index FROM log AS told WHERE told.tenant_id = @tenant_id AND told.operation_id = finish.operation_id), 9223372036854775807) <= @log_index::bigint
     AND NOT EXISTS (
         SELECT FROM operation AS reversal
         LEFT JOIN log AS taken ON taken.tenant_id = @tenant_id AND taken.operation_id = reversal.operation_id
         WHERE reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = finish.operation_id
           AND coalesce(taken.log_index, 9223372036854775807) <= @log_index::bigint)
WHERE run.tenant_id = @tenant_id AND run.run_id = ANY (@run_ids::bigint[]);

-- name: DossierRunLotList :many
-- What runs consumed or put out: of each run the first so many, by sku and lot code.
SELECT listed.run_id, listed.kind, listed.sku, listed.lot_code, listed.base_unit, listed.quantity
FROM (
    SELECT moved.run_id, moved.kind, item.sku, lot.lot_code, item.base_unit, moved.quantity,
           row_number() OVER (PARTITION BY moved.run_id, moved.kind ORDER BY item.sku, lot.lot_code) AS place
    FROM (
        SELECT movement.run_id::bigint AS run_id, movement.kind, movement.lot_id, sum(movement.quantity)::numeric AS quantity
        FROM movement
        LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
        LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
        WHERE movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind IN ('consumption', 'output')
          AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of::timestamptz
        GROUP BY movement.run_id, movement.kind, movement.lot_id
        HAVING sum(movement.quantity) > 0
    ) AS moved
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = moved.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
) AS listed
WHERE listed.place <= @most::integer
ORDER BY listed.sku, listed.lot_code;

-- name: DossierShipmentOrder :many
-- The earliest shipped first; those that were taken back too.
SELECT shipment_line.shipment_line_id
FROM (
    SELECT DISTINCT movement.shipment_line_id
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.kind = 'shipment' AND movement.quantity > 0
      AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND movement.occurred_at <= @as_of::timestamptz
) AS moved
JOIN shipment_line ON shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = moved.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id
ORDER BY shipment.shipped_at, shipment.code COLLATE "C", shipment_line.line_number;

-- name: DossierShipmentList :many
-- In the order in which they are given.
SELECT shipment.code AS shipment_code, line.line_number, coalesce(sales_order.code, '')::text AS sales_order_code, coalesce(line.order_line_number, 0)::integer AS order_line_number,
       coalesce(sales_order.content ->> 'orderDate', '')::text AS order_date, shipment.customer_id, coalesce(shipment.carrier_id, 0)::bigint AS carrier_id,
       moved.quantity, moved.weight, shipment.shipped_at, shipment.delivery_date, shipment.document_references,
       reversal.recorded_at AS reversed_at, reversal.principal AS reversed_by, reversal.reason AS reversal_reason
FROM unnest(@shipment_line_ids::bigint[]) WITH ORDINALITY AS asked (shipment_line_id, place)
CROSS JOIN LATERAL (
    SELECT sum(movement.quantity)::numeric AS quantity, coalesce(sum(movement.weight), 0)::numeric AS weight, min(movement.operation_id)::bigint AS operation_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.shipment_line_id = asked.shipment_line_id AND movement.lot_id = @lot_id AND movement.quantity > 0
) AS moved
JOIN shipment_line AS line ON line.tenant_id = @tenant_id AND line.shipment_line_id = asked.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = line.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment.sales_order_id
LEFT JOIN operation AS reversal ON reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = moved.operation_id
     AND coalesce((SELECT told.log_index FROM log AS told WHERE told.tenant_id = @tenant_id AND told.operation_id = reversal.operation_id), 9223372036854775807) <= @log_index::bigint
ORDER BY asked.place;

-- name: DossierStockList :many
-- Where the lot was, in the order of the location's code, and whether it was held there.
-- Balances are of now: these are the sums of what had moved. A lot is at few locations.
SELECT stock.code, stock.on_hand, stock.weight,
       EXISTS (
           SELECT FROM hold
           JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
           LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = hold.placed_operation_id
           WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id
             AND (hold.location_id IS NULL OR hold.location_id = stock.location_id)
             AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND placed.occurred_at <= @as_of::timestamptz
             AND NOT EXISTS (
                 SELECT FROM operation AS released
                 LEFT JOIN log AS release ON release.tenant_id = @tenant_id AND release.operation_id = released.operation_id
                 WHERE released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
                   AND coalesce(release.log_index, 9223372036854775807) <= @log_index::bigint AND released.occurred_at <= @as_of::timestamptz)) AS held
FROM (
    SELECT location.location_id, location.code, sum(side.quantity)::numeric AS on_hand, coalesce(sum(side.weight), 0)::numeric AS weight
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    CROSS JOIN LATERAL (VALUES (movement.to_location_id, movement.quantity, movement.weight), (movement.from_location_id, -movement.quantity, -movement.weight)) AS side (location_id, quantity, weight)
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = side.location_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND side.location_id >= 1000
      AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of::timestamptz
    GROUP BY location.location_id, location.code
    HAVING sum(side.quantity) > 0
) AS stock
ORDER BY stock.code;

-- name: DossierMovementList :many
-- LotListMovement at the moment. With stands only what is not taken back, and so no
-- reversals either.
WITH page AS (
    SELECT movement.recorded_at, movement.operation_id, movement.movement_id, movement.lot_id, movement.kind, movement.quantity, movement.weight,
           movement.entered_quantity, movement.entered_unit, movement.from_location_id, movement.to_location_id
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id
      AND (movement.recorded_at, movement.operation_id, movement.movement_id) > (@after_recorded_at::timestamptz, @after_operation_id::bigint, @after_movement_id::bigint)
      AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of::timestamptz
      AND (NOT @stands::boolean OR movement.quantity > 0 AND NOT EXISTS (
          SELECT FROM movement AS back
          LEFT JOIN log AS told ON told.tenant_id = @tenant_id AND told.operation_id = back.operation_id
          WHERE back.tenant_id = @tenant_id AND back.reverses_movement_id = movement.movement_id
            AND coalesce(told.log_index, 9223372036854775807) <= @log_index::bigint))
    ORDER BY movement.recorded_at, movement.operation_id, movement.movement_id
    LIMIT @row_limit
)
SELECT page.kind, item.sku, lot.lot_code, item.base_unit, item.weight_unit, page.quantity, coalesce(page.weight, 0)::numeric AS weight, page.entered_quantity, page.entered_unit,
       page.from_location_id, from_location.code AS from_code, page.to_location_id, to_location.code AS to_code, operation.occurred_at, operation.recorded_at,
       operation.principal, operation.reason, page.operation_id, page.movement_id,
       receipt.code AS receipt_code, shipment.code AS shipment_code, production_order.code AS production_order_code, run.code AS run_code,
       coalesce(adjustment.reason_code, '')::text AS reason_code,
       (CASE WHEN operation.reverses_operation_id IS NULL THEN coalesce(adjustment.approved_by, '') ELSE '' END)::text AS approved_by,
       coalesce(adjustment.count_code, '')::text AS count_code
FROM page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
CROSS JOIN LATERAL (
    SELECT o.operation_id, o.occurred_at, o.recorded_at, o.principal, o.reason, o.reverses_operation_id,
           coalesce(o.receipt_id, taken_back.receipt_id) AS receipt_id, coalesce(o.shipment_id, taken_back.shipment_id) AS shipment_id,
           coalesce(o.run_id, taken_back.run_id) AS run_id
    FROM operation AS o
    LEFT JOIN LATERAL (
        SELECT t.receipt_id, t.shipment_id, t.run_id
        FROM operation AS t
        WHERE t.tenant_id = @tenant_id AND t.operation_id = o.reverses_operation_id
        LIMIT 1
    ) AS taken_back ON TRUE
    WHERE o.tenant_id = @tenant_id AND o.operation_id = page.operation_id
    LIMIT 1
) AS operation
LEFT JOIN LATERAL (
    SELECT a.reason_code, a.approved_by, c.code AS count_code
    FROM adjustment AS a
    LEFT JOIN stock_count AS c ON c.tenant_id = @tenant_id AND c.count_id = a.count_id
    WHERE a.tenant_id = @tenant_id AND a.operation_id = coalesce(operation.reverses_operation_id, operation.operation_id)
    LIMIT 1
) AS adjustment ON true
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = page.from_location_id LIMIT 1) AS from_location
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = page.to_location_id LIMIT 1) AS to_location
LEFT JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = operation.receipt_id
LEFT JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = operation.shipment_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = operation.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
ORDER BY page.recorded_at, page.operation_id, page.movement_id;

-- name: DossierDateChangeList :many
-- A lot has few.
SELECT change.number, change.old_production_date, change.old_best_before_date, change.old_expiry_date, change.old_removal_date,
       change.new_production_date, change.new_best_before_date, change.new_expiry_date, change.new_removal_date, change.retest_reference,
       operation.reason, operation.principal, operation.recorded_at
FROM lot_date_change AS change
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = change.operation_id
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = change.operation_id
WHERE change.tenant_id = @tenant_id AND change.lot_id = @lot_id
  AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND operation.occurred_at <= @as_of::timestamptz
ORDER BY change.number;

-- name: DossierHoldList :many
-- HoldList at the moment: a release that is not seen has not come.
SELECT hold.number, hold.reason, location.code AS location_code, hold.reason_code, hold.until, recall.case_number, placed.principal AS placed_by, placed.recorded_at AS placed_at,
       released.reason AS release_reason, released.principal AS released_by, released.recorded_at AS released_at
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = hold.placed_operation_id
LEFT JOIN log AS release ON release.tenant_id = @tenant_id AND release.operation_id = hold.released_operation_id
LEFT JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
     AND coalesce(release.log_index, 9223372036854775807) <= @log_index::bigint AND released.occurred_at <= @as_of::timestamptz
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.number > @after_number
  AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND placed.occurred_at <= @as_of::timestamptz
ORDER BY hold.number
LIMIT @row_limit;

-- name: DossierRecallList :many
-- The cases that are about the lot, those that ever held it, and those that are given. What
-- of a case is not seen has not come.
SELECT recall.recall_id, recall.case_number, recall.class, recall.reason, (seed.lot_id IS NOT NULL)::boolean AS direct,
       coalesce(held.number, 0)::integer AS hold_number, coalesce(held.released, false)::boolean AS released,
       EXISTS (
           SELECT FROM recall_keep AS k
           JOIN operation AS kept ON kept.tenant_id = @tenant_id AND kept.operation_id = k.operation_id
           LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = k.operation_id
           WHERE k.tenant_id = @tenant_id AND k.recall_id = recall.recall_id AND k.lot_id = @lot_id
             AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND kept.occurred_at <= @as_of::timestamptz) AS kept,
       opened.recorded_at AS opened_at, opened.principal AS opened_by, activated.recorded_at AS activated_at, activated.principal AS activated_by,
       closed.recorded_at AS closed_at, closed.principal AS closed_by, closed.reason AS close_reason
FROM (
    SELECT recall_seed.recall_id FROM recall_seed WHERE recall_seed.tenant_id = @tenant_id AND recall_seed.lot_id = @lot_id
    UNION
    SELECT hold.recall_id FROM hold WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.recall_id IS NOT NULL
    UNION
    SELECT unnest(@recall_ids::bigint[])
) AS about
JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = about.recall_id
LEFT JOIN recall_seed AS seed ON seed.tenant_id = @tenant_id AND seed.recall_id = about.recall_id AND seed.lot_id = @lot_id
LEFT JOIN LATERAL (
    SELECT hold.number, EXISTS (
        SELECT FROM operation AS discharge
        LEFT JOIN log AS release ON release.tenant_id = @tenant_id AND release.operation_id = discharge.operation_id
        WHERE discharge.tenant_id = @tenant_id AND discharge.operation_id = hold.released_operation_id
          AND coalesce(release.log_index, 9223372036854775807) <= @log_index::bigint AND discharge.occurred_at <= @as_of::timestamptz) AS released
    FROM hold
    JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = hold.placed_operation_id
    WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.recall_id = about.recall_id
      AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND placed.occurred_at <= @as_of::timestamptz
    LIMIT 1
) AS held ON true
JOIN operation AS opened ON opened.tenant_id = @tenant_id AND opened.recall_id = recall.recall_id AND opened.kind = 'recall_open'
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = opened.operation_id
LEFT JOIN operation AS activated ON activated.tenant_id = @tenant_id AND activated.recall_id = recall.recall_id AND activated.kind = 'recall_activation' AND activated.occurred_at <= @as_of::timestamptz
     AND coalesce((SELECT told.log_index FROM log AS told WHERE told.tenant_id = @tenant_id AND told.operation_id = activated.operation_id), 9223372036854775807) <= @log_index::bigint
LEFT JOIN operation AS closed ON closed.tenant_id = @tenant_id AND closed.recall_id = recall.recall_id AND closed.kind = 'recall_close' AND closed.occurred_at <= @as_of::timestamptz
     AND coalesce((SELECT told.log_index FROM log AS told WHERE told.tenant_id = @tenant_id AND told.operation_id = closed.operation_id), 9223372036854775807) <= @log_index::bigint
WHERE (seed.lot_id IS NOT NULL OR held.number IS NOT NULL OR recall.recall_id = ANY (@recall_ids::bigint[]))
  AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND opened.occurred_at <= @as_of::timestamptz
ORDER BY recall.case_number;

-- name: DossierRecallSeedList :many
-- The lots that cases are about: all of them, which people have opened one by one.
SELECT recall_seed.recall_id, recall_seed.lot_id
FROM recall_seed
JOIN operation AS opened ON opened.tenant_id = @tenant_id AND opened.recall_id = recall_seed.recall_id AND opened.kind = 'recall_open'
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = opened.operation_id
WHERE recall_seed.tenant_id = @tenant_id
  AND coalesce(log.log_index, 9223372036854775807) <= @log_index::bigint AND opened.occurred_at <= @as_of::timestamptz
ORDER BY recall_seed.recall_id, recall_seed.lot_id;

-- name: DossierLotKeyList :many
SELECT lot.lot_id, item.sku, lot.lot_code
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[]);
