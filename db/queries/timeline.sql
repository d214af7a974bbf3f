-- What happened to a lot (GetLotTimeline), in the order of recording: recorded_at,
-- operation, and within an operation by stage (internal/lots/timeline_fact.go) and id.
-- Each kind of fact has a list here, all with the same parameters: what lies between
-- two places in that order, the first so many from either end, perhaps as known at a
-- log index. Their rows come in no order; who asks merges them.
--
-- A place is (recorded_at, operation_id, id) and lies outside. What is looked up for
-- each row is joined by LATERAL … LIMIT 1, which is a look-up by key and nothing else.

-- name: TimelineListMovement :many
-- Cut out of movement_lot_idx, from either end, before anything else is looked up: so
-- it costs what it returns, however many movements the lot has. What was recorded and
-- was not yet known is passed over; it is what was under way at that moment.
WITH page AS (
    (SELECT movement.recorded_at, movement.operation_id, movement.movement_id, movement.kind, movement.quantity, movement.weight, movement.entered_quantity, movement.entered_unit,
            movement.from_location_id, movement.to_location_id
     FROM movement
     WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id
       AND (movement.recorded_at, movement.operation_id, movement.movement_id) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
       AND (movement.recorded_at, movement.operation_id, movement.movement_id) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
       AND (sqlc.narg('log_index')::bigint IS NULL OR (
           SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id LIMIT 1) <= sqlc.narg('log_index'))
       AND @direction::integer > 0
     ORDER BY movement.recorded_at, movement.operation_id, movement.movement_id
     LIMIT @row_limit)
    UNION ALL
    (SELECT movement.recorded_at, movement.operation_id, movement.movement_id, movement.kind, movement.quantity, movement.weight, movement.entered_quantity, movement.entered_unit,
            movement.from_location_id, movement.to_location_id
     FROM movement
     WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id
       AND (movement.recorded_at, movement.operation_id, movement.movement_id) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
       AND (movement.recorded_at, movement.operation_id, movement.movement_id) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
       AND (sqlc.narg('log_index')::bigint IS NULL OR (
           SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id LIMIT 1) <= sqlc.narg('log_index'))
       AND @direction::integer < 0
     ORDER BY movement.recorded_at DESC, movement.operation_id DESC, movement.movement_id DESC
     LIMIT @row_limit)
)
SELECT page.recorded_at, page.operation_id, page.movement_id, operation.kind AS operation_kind, page.kind,
       page.quantity, coalesce(page.weight, 0)::numeric AS weight, page.entered_quantity, page.entered_unit, page.from_location_id, page.to_location_id,
       from_location.code AS from_code, to_location.code AS to_code
FROM page
CROSS JOIN LATERAL (SELECT o.kind FROM operation AS o WHERE o.tenant_id = @tenant_id AND o.operation_id = page.operation_id LIMIT 1) AS operation
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = page.from_location_id LIMIT 1) AS from_location
CROSS JOIN LATERAL (SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = page.to_location_id LIMIT 1) AS to_location;

-- name: TimelineListPlaced :many
-- A lot's holds are read whole: a lot has few, whatever moved of it.
SELECT placed.recorded_at, placed.operation_id, hold.number::bigint AS number, placed.kind AS operation_kind, hold.reason, recall.case_number, location.code AS location_code, hold.reason_code
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id
  AND (placed.recorded_at, placed.operation_id, hold.number) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
  AND (placed.recorded_at, placed.operation_id, hold.number) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
  AND (sqlc.narg('log_index')::bigint IS NULL OR (
      SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = placed.operation_id LIMIT 1) <= sqlc.narg('log_index'))
  AND @direction::integer IN (1, -1)
ORDER BY extract(epoch FROM placed.recorded_at) * @direction, placed.operation_id * @direction, hold.number * @direction
LIMIT @row_limit;

-- name: TimelineListReleased :many
SELECT released.recorded_at, released.operation_id, hold.number::bigint AS number, released.kind AS operation_kind, hold.reason, recall.case_number, location.code AS location_code, hold.reason_code
FROM hold
JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id
  AND (released.recorded_at, released.operation_id, hold.number) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
  AND (released.recorded_at, released.operation_id, hold.number) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
  AND (sqlc.narg('log_index')::bigint IS NULL OR (
      SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = released.operation_id LIMIT 1) <= sqlc.narg('log_index'))
  AND @direction::integer IN (1, -1)
ORDER BY extract(epoch FROM released.recorded_at) * @direction, released.operation_id * @direction, hold.number * @direction
LIMIT @row_limit;

-- name: TimelineListKept :many
-- The hold that it was decided to keep is the recall's only one on the lot.
SELECT operation.recorded_at, operation.operation_id, hold.number::bigint AS number, operation.kind AS operation_kind, hold.reason, recall.case_number, location.code AS location_code, hold.reason_code
FROM recall_keep
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = recall_keep.operation_id
JOIN hold ON hold.tenant_id = @tenant_id AND hold.lot_id = recall_keep.lot_id AND hold.recall_id = recall_keep.recall_id
JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = recall_keep.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE recall_keep.tenant_id = @tenant_id AND recall_keep.lot_id = @lot_id
  AND (operation.recorded_at, operation.operation_id, hold.number) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
  AND (operation.recorded_at, operation.operation_id, hold.number) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
  AND (sqlc.narg('log_index')::bigint IS NULL OR (
      SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = operation.operation_id LIMIT 1) <= sqlc.narg('log_index'))
  AND @direction::integer IN (1, -1)
ORDER BY extract(epoch FROM operation.recorded_at) * @direction, operation.operation_id * @direction, hold.number * @direction
LIMIT @row_limit;

-- name: TimelineListDateChange :many
-- As few as its holds.
SELECT operation.recorded_at, operation.operation_id, change.number::bigint AS number, operation.kind AS operation_kind,
       change.old_production_date, change.old_best_before_date, change.old_expiry_date, change.old_removal_date,
       change.new_production_date, change.new_best_before_date, change.new_expiry_date, change.new_removal_date, change.retest_reference
FROM lot_date_change AS change
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = change.operation_id
WHERE change.tenant_id = @tenant_id AND change.lot_id = @lot_id
  AND (operation.recorded_at, operation.operation_id, change.number) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
  AND (operation.recorded_at, operation.operation_id, change.number) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
  AND (sqlc.narg('log_index')::bigint IS NULL OR (
      SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = operation.operation_id LIMIT 1) <= sqlc.narg('log_index'))
  AND @direction::integer IN (1, -1)
ORDER BY extract(epoch FROM operation.recorded_at) * @direction, operation.operation_id * @direction, change.number * @direction
LIMIT @row_limit;

-- name: TimelineListExpiryAlert :many
SELECT operation.recorded_at, operation.operation_id, alert.round::bigint AS round, operation.kind AS operation_kind, alert.last_day
FROM lot_expiry AS alert
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = alert.operation_id
WHERE alert.tenant_id = @tenant_id AND alert.lot_id = @lot_id AND alert.kind = 'alert'
  AND (operation.recorded_at, operation.operation_id, alert.round) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
  AND (operation.recorded_at, operation.operation_id, alert.round) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
  AND (sqlc.narg('log_index')::bigint IS NULL OR (
      SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = operation.operation_id LIMIT 1) <= sqlc.narg('log_index'))
  AND @direction::integer IN (1, -1)
ORDER BY extract(epoch FROM operation.recorded_at) * @direction, operation.operation_id * @direction, alert.round * @direction
LIMIT @row_limit;

-- name: TimelineListRecallStep :many
-- The steps of the recalls that the lot is one of the first of, and of those that hold
-- it from then on: so a step that was not about the lot when it was taken does not
-- become one afterwards. What a recall decided about single lots is not a step here.
SELECT step.recorded_at, step.operation_id, about.recall_id, step.kind AS operation_kind
FROM (
    SELECT every.recall_id, min(every.since)::timestamptz AS since
    FROM (
        SELECT recall_seed.recall_id, '-infinity'::timestamptz AS since
        FROM recall_seed
        WHERE recall_seed.tenant_id = @tenant_id AND recall_seed.lot_id = @lot_id
        UNION ALL
        SELECT hold.recall_id, placed.recorded_at
        FROM hold
        JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
        WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.recall_id IS NOT NULL
    ) AS every
    GROUP BY every.recall_id
) AS about
JOIN operation AS step ON step.tenant_id = @tenant_id AND step.recall_id = about.recall_id AND step.recorded_at >= about.since
WHERE step.kind LIKE 'recall\_%' AND step.kind <> 'recall_keep'
  AND (step.recorded_at, step.operation_id, about.recall_id) > (@low_recorded_at::timestamptz, @low_operation_id::bigint, @low_id::bigint)
  AND (step.recorded_at, step.operation_id, about.recall_id) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
  AND (sqlc.narg('log_index')::bigint IS NULL OR (
      SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = step.operation_id LIMIT 1) <= sqlc.narg('log_index'))
  AND @direction::integer IN (1, -1)
ORDER BY extract(epoch FROM step.recorded_at) * @direction, step.operation_id * @direction
LIMIT @row_limit;

-- name: TimelineGetLot :one
SELECT item.sku, lot.lot_code, item.base_unit, item.weight_unit
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id;

-- name: TimelineOnHand :one
-- How much of a lot there was at a place in the order: what there is now, less what
-- the movements brought that were recorded behind the last one before it. At the end
-- that is none; else it costs as many rows as there are behind it. Only the first page
-- of a timeline that begins neither at the beginning nor at the end asks.
--
-- What came in and what went out is told by the locations: the real ones have ids
-- from 1,000 on.
WITH last AS (
    SELECT movement.recorded_at, movement.operation_id, movement.movement_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id
      AND (movement.recorded_at, movement.operation_id, movement.movement_id) < (@high_recorded_at::timestamptz, @high_operation_id::bigint, @high_id::bigint)
      AND (sqlc.narg('log_index')::bigint IS NULL OR (
          SELECT log.log_index FROM log WHERE log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id LIMIT 1) <= sqlc.narg('log_index'))
    ORDER BY movement.recorded_at DESC, movement.operation_id DESC, movement.movement_id DESC
    LIMIT 1
)
SELECT (coalesce(stock.on_hand, 0) - coalesce(later.quantity, 0))::numeric AS on_hand, (coalesce(stock.weight, 0) - coalesce(later.weight, 0))::numeric AS weight
FROM last
CROSS JOIN (
    SELECT sum(balance.on_hand) AS on_hand, sum(balance.weight) AS weight
    FROM balance
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = @lot_id
) AS stock
CROSS JOIN LATERAL (
    SELECT sum(movement.quantity * side.factor) AS quantity, sum(movement.weight * side.factor) AS weight
    FROM movement
    CROSS JOIN LATERAL (VALUES ((movement.to_location_id >= 1000)::integer - (movement.from_location_id >= 1000)::integer)) AS side (factor)
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id
      AND (movement.recorded_at, movement.operation_id, movement.movement_id) > (last.recorded_at, last.operation_id, last.movement_id)
) AS later;

-- name: TimelineListOperation :many
-- The operations of a page, with their documents, a reversal with those of what it takes
-- back. Each is looked up by its keys, as in LogListEntry.
SELECT operation.operation_id, operation.kind, operation.occurred_at, operation.recorded_at, operation.principal, operation.reason,
       coalesce(receipt.code, '')::text AS receipt_code, coalesce(receipt.purchase_order_code, '')::text AS purchase_order_code,
       coalesce(shipment.code, '')::text AS shipment_code, coalesce(shipment.sales_order_code, '')::text AS sales_order_code,
       coalesce(party.code, '')::text AS party_code, coalesce(run.production_order_code, '')::text AS production_order_code,
       coalesce(run.code, '')::text AS run_code, coalesce(recall.case_number, '')::text AS case_number,
       coalesce(logged.log_index, 0)::bigint AS log_index, coalesce(reversed.log_index, 0)::bigint AS reversed_log_index,
       coalesce(adjustment.reason_code, '')::text AS reason_code,
       (CASE WHEN operation.reverses_operation_id IS NULL THEN coalesce(adjustment.approved_by, '') ELSE '' END)::text AS approved_by,
       coalesce(adjustment.count_code, '')::text AS count_code,
       coalesce(transfer.purpose, '')::text AS move_purpose, transfer.document_references
FROM unnest(@operation_ids::bigint[]) AS asked (operation_id)
CROSS JOIN LATERAL (
    SELECT o.operation_id, o.kind, o.occurred_at, o.recorded_at, o.principal, o.reason, o.recall_id, o.reverses_operation_id,
           coalesce(o.receipt_id, taken_back.receipt_id) AS receipt_id, coalesce(o.run_id, taken_back.run_id) AS run_id,
           coalesce(o.shipment_id, taken_back.shipment_id) AS shipment_id
    FROM operation AS o
    LEFT JOIN LATERAL (
        SELECT t.receipt_id, t.shipment_id, t.run_id
        FROM operation AS t
        WHERE t.tenant_id = @tenant_id AND t.operation_id = o.reverses_operation_id
        LIMIT 1
    ) AS taken_back ON TRUE
    WHERE o.tenant_id = @tenant_id AND o.operation_id = asked.operation_id
    LIMIT 1
) AS operation
LEFT JOIN LATERAL (
    SELECT r.code, purchase_order.code AS purchase_order_code, purchase_order.supplier_id
    FROM receipt AS r
    JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = r.purchase_order_id
    WHERE r.tenant_id = @tenant_id AND r.receipt_id = operation.receipt_id
    LIMIT 1
) AS receipt ON true
LEFT JOIN LATERAL (
    SELECT s.code, sales_order.code AS sales_order_code, s.customer_id
    FROM shipment AS s
    LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = s.sales_order_id
    WHERE s.tenant_id = @tenant_id AND s.shipment_id = operation.shipment_id
    LIMIT 1
) AS shipment ON true
LEFT JOIN LATERAL (
    SELECT p.code
    FROM party AS p
    WHERE p.tenant_id = @tenant_id AND p.party_id = coalesce(receipt.supplier_id, shipment.customer_id)
    LIMIT 1
) AS party ON true
LEFT JOIN LATERAL (
    SELECT r.code, production_order.code AS production_order_code
    FROM run AS r
    JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = r.production_order_id
    WHERE r.tenant_id = @tenant_id AND r.run_id = operation.run_id
    LIMIT 1
) AS run ON true
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = operation.recall_id
LEFT JOIN LATERAL (
    SELECT l.log_index
    FROM log AS l
    WHERE l.tenant_id = @tenant_id AND l.operation_id = operation.operation_id
    LIMIT 1
) AS logged ON true
LEFT JOIN LATERAL (
    SELECT l.log_index
    FROM log AS l
    WHERE l.tenant_id = @tenant_id AND l.operation_id = operation.reverses_operation_id
    LIMIT 1
) AS reversed ON true
LEFT JOIN LATERAL (
    SELECT a.reason_code, a.approved_by, c.code AS count_code
    FROM adjustment AS a
    LEFT JOIN stock_count AS c ON c.tenant_id = @tenant_id AND c.count_id = a.count_id
    WHERE a.tenant_id = @tenant_id AND a.operation_id = coalesce(operation.reverses_operation_id, operation.operation_id)
    LIMIT 1
) AS adjustment ON true
LEFT JOIN LATERAL (
    SELECT t.purpose, t.document_references
    FROM transfer AS t
    WHERE t.tenant_id = @tenant_id AND t.operation_id = coalesce(operation.reverses_operation_id, operation.operation_id)
    LIMIT 1
) AS transfer ON true;
