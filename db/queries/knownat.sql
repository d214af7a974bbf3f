-- "Known at" (package knownat): from a moment to the last index of the log by
-- then, and from a snapshot to how far it goes.

-- name: KnownAtPosition :one
-- How far the records go that this snapshot sees.
SELECT coalesce(log_head.log_index, 0)::bigint AS log_index, log_head.sealed_at,
       (SELECT count(*) FROM unlogged WHERE unlogged.tenant_id = @tenant_id)::integer AS unlogged_count
FROM tenant
LEFT JOIN log_head ON log_head.tenant_id = @tenant_id AND log_head.log_index > 0
WHERE tenant.tenant_id = @tenant_id;

-- name: KnownAtIndex :one
-- Where the log ends, and when one of its indexes was sealed.
SELECT log_head.log_index AS head_index, log.sealed_at
FROM log_head
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.log_index = @log_index
WHERE log_head.tenant_id = @tenant_id;

-- name: KnownAtLockHead :exec
-- Waits for whoever is sealing, and keeps others from it until the transaction
-- ends.
SELECT log_head.log_index
FROM log_head
WHERE log_head.tenant_id = @tenant_id
FOR NO KEY UPDATE;

-- name: KnownAtTime :one
-- The last index that was sealed by a moment, 0 if none was; when the last of all
-- was sealed; and the clock.
WITH last AS (
    SELECT coalesce((
        SELECT log.log_index
        FROM log
        WHERE log.tenant_id = @tenant_id AND log.sealed_at <= @moment
        ORDER BY log.sealed_at DESC, log.log_index DESC
        LIMIT 1), 0)::bigint AS log_index
)
SELECT last.log_index, log.sealed_at, log_head.sealed_at AS head_sealed_at, clock_timestamp()::timestamptz AS now
FROM last
JOIN log_head ON log_head.tenant_id = @tenant_id
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.log_index = last.log_index;

-- name: KnownAtClock :one
SELECT clock_timestamp()::timestamptz;

-- name: KnownAtLotExists :one
SELECT EXISTS (
    SELECT FROM lot
    JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = lot.created_operation_id
    WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id AND log.log_index <= @log_index);

-- name: KnownAtLotGet :one
-- LotGet as known at a log index, of a lot that was known then. Its dates were those
-- that the first change that was not known yet found.
SELECT lot.lot_id, item.sku, item.name AS item_name, item.base_unit, item.weight_unit, lot.lot_code, lot.inferred, party.code AS supplier_code,
       lot.supplier_lot_code, production_order.code AS production_order_code, run.code AS run_code,
       dates.production_date, dates.best_before_date, dates.expiry_date, dates.removal_date,
       (SELECT count(*)
        FROM hold
        JOIN log AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
        LEFT JOIN log AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id AND released.log_index <= @log_index
        WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND placed.log_index <= @log_index AND released.log_index IS NULL)::integer AS hold_count,
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
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = c.operation_id AND log.log_index <= @log_index
    WHERE c.tenant_id = @tenant_id AND c.lot_id = lot.lot_id AND log.log_index IS NULL
    UNION ALL
    SELECT 2147483647, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date
    ORDER BY number
    LIMIT 1
) AS dates
CROSS JOIN LATERAL (
    SELECT coalesce(sum(side.quantity), 0)::numeric AS on_hand, coalesce(sum(side.weight), 0)::numeric AS weight
    FROM movement
    JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    CROSS JOIN LATERAL (VALUES (movement.to_location_id, movement.quantity, movement.weight), (movement.from_location_id, -movement.quantity, -movement.weight)) AS side (location_id, quantity, weight)
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = side.location_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id AND log.log_index <= @log_index AND location.kind <> 'virtual'
) AS stock
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id;

-- name: KnownAtLotListStock :many
-- LotListStock as known at a log index: what the movements by then make, with the holds
-- that stood then, and what was reserved and had not expired when it was sealed.
SELECT stock.code, stock.base_unit, stock.weight_unit, stock.on_hand, stock.weight,
       EXISTS (
           SELECT FROM hold
           JOIN log AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
           LEFT JOIN log AS released ON released.tenant_id = @tenant_id AND released.operation_id = hold.released_operation_id AND released.log_index <= @log_index
           WHERE hold.tenant_id = @tenant_id AND hold.lot_id = stock.lot_id AND placed.log_index <= @log_index AND released.log_index IS NULL
             AND (hold.location_id IS NULL OR hold.location_id = stock.location_id)) AS held,
       (SELECT coalesce(sum(c.quantity), 0)
        FROM reservation_change AS c
        JOIN log AS changed ON changed.tenant_id = @tenant_id AND changed.operation_id = c.operation_id AND changed.log_index <= @log_index
        JOIN reservation AS r ON r.tenant_id = @tenant_id AND r.lot_id = c.lot_id AND r.number = c.number AND r.location_id = c.location_id
        WHERE c.tenant_id = @tenant_id AND c.lot_id = stock.lot_id AND c.location_id = stock.location_id
          AND r.expires_at > (SELECT log.sealed_at FROM log WHERE log.tenant_id = @tenant_id AND log.log_index = @log_index))::numeric AS reserved
FROM (
    SELECT movement.lot_id, location.location_id, location.code, item.base_unit, item.weight_unit, sum(side.quantity)::numeric AS on_hand, coalesce(sum(side.weight), 0)::numeric AS weight
    FROM movement
    JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    CROSS JOIN LATERAL (VALUES (movement.to_location_id, movement.quantity, movement.weight), (movement.from_location_id, -movement.quantity, -movement.weight)) AS side (location_id, quantity, weight)
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = side.location_id
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND log.log_index <= @log_index
      AND location.kind <> 'virtual' AND location.code > @after_code
    GROUP BY movement.lot_id, location.location_id, location.code, item.base_unit, item.weight_unit
    HAVING sum(side.quantity) > 0
) AS stock
ORDER BY stock.code
LIMIT @row_limit;

-- name: KnownAtHoldList :many
-- HoldList of the active holds as known at a log index.
SELECT hold.number, hold.reason, location.code AS location_code, hold.reason_code, hold.until, recall.case_number, placed.principal AS placed_by, placed.recorded_at AS placed_at,
       released.reason AS release_reason, released.principal AS released_by, released.recorded_at AS released_at
FROM hold
JOIN operation AS placed ON placed.tenant_id = @tenant_id AND placed.operation_id = hold.placed_operation_id
JOIN log AS placement ON placement.tenant_id = @tenant_id AND placement.operation_id = hold.placed_operation_id
LEFT JOIN log AS discharge ON discharge.tenant_id = @tenant_id AND discharge.operation_id = hold.released_operation_id AND discharge.log_index <= @log_index
LEFT JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = discharge.operation_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.number > @after_number
  AND placement.log_index <= @log_index AND discharge.log_index IS NULL
ORDER BY hold.number
LIMIT @row_limit;
