-- What filters and details of a walk need (package lineage), whatever is seen of the ledger:
-- an index of the log, the last that is seen; operations beyond it that are seen, too; and a
-- moment, so that what occurred later is not. The largest index there can be is all, in the
-- log or not, and so is infinity. A reversal counts as of the time of what it takes back.

-- name: LineageLocationIDList :many
-- Which locations there are of these codes; the outside worlds are none.
SELECT location.location_id, location.code
FROM location
WHERE location.tenant_id = @tenant_id AND location.code = ANY (@codes::text[]) AND location.kind <> 'virtual';

-- name: LineageLocationTree :one
-- Tells by what lies at or under locations whether that is what it was.
SELECT coalesce(md5(string_agg(DISTINCT place.location_id::text, ',')), '')::text AS digest
FROM location_within AS place
WHERE place.tenant_id = @tenant_id AND place.outer_id = ANY (@location_ids::bigint[]);

-- name: LineageCategoryItemList :many
-- The items of categories.
SELECT item.item_id, item.category
FROM item
WHERE item.tenant_id = @tenant_id AND item.category = ANY (@categories::text[]);

-- name: LineageLotListAtLocation :many
-- Those of some lots of which something is or was at a location, or under it.
SELECT DISTINCT came.lot_id
FROM (
    SELECT movement.lot_id
    FROM movement
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    JOIN location_within AS place ON place.tenant_id = @tenant_id AND place.location_id = movement.to_location_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND place.outer_id = ANY (@location_ids::bigint[])
    GROUP BY movement.lot_id, movement.to_location_id
    HAVING sum(movement.quantity) > 0
) AS came;

-- name: LineageMovementList :many
-- Movements of lots, each lot's in the order in which they were recorded: so many of each at
-- most, behind a place in that order.
SELECT movement.lot_id, movement.kind, movement.quantity, movement.weight, from_location.code AS from_code, to_location.code AS to_code,
       movement.occurred_at, movement.recorded_at, movement.operation_id, movement.movement_id, (movement.reverses_movement_id IS NOT NULL)::boolean AS reversal,
       coalesce(receipt.code, '')::text AS receipt_code, coalesce(shipment.code, '')::text AS shipment_code,
       coalesce(production_order.code, '')::text AS production_order_code, coalesce(run.code, '')::text AS run_code, coalesce(counted.code, '')::text AS count_code
FROM unnest(@lot_ids::bigint[]) AS k (lot_id)
CROSS JOIN LATERAL (
    SELECT m.lot_id, m.kind, m.quantity, m.weight, m.from_location_id, m.to_location_id, m.occurred_at, m.recorded_at, m.operation_id, m.movement_id, m.reverses_movement_id
    FROM movement AS m
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = m.operation_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = m.reverses_movement_id
    WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR m.operation_id = ANY (@operation_ids::bigint[]))
      AND coalesce(taken.occurred_at, m.occurred_at) <= @as_of
      AND m.tenant_id = @tenant_id AND m.lot_id = k.lot_id
      AND (m.recorded_at, m.operation_id, m.movement_id) > (@after_recorded_at::timestamptz, @after_operation_id::bigint, @after_movement_id::bigint)
    ORDER BY m.recorded_at, m.operation_id, m.movement_id
    LIMIT @lot_limit::integer
) AS movement
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = movement.operation_id
JOIN location AS from_location ON from_location.tenant_id = @tenant_id AND from_location.location_id = movement.from_location_id
JOIN location AS to_location ON to_location.tenant_id = @tenant_id AND to_location.location_id = movement.to_location_id
LEFT JOIN LATERAL (
    SELECT t.receipt_id, t.shipment_id, t.run_id
    FROM operation AS t
    WHERE t.tenant_id = @tenant_id AND t.operation_id = operation.reverses_operation_id
    LIMIT 1
) AS taken_back ON TRUE
LEFT JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = coalesce(operation.receipt_id, taken_back.receipt_id)
LEFT JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = coalesce(operation.shipment_id, taken_back.shipment_id)
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = coalesce(operation.run_id, taken_back.run_id)
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
LEFT JOIN LATERAL (
    SELECT stock_count.code
    FROM adjustment
    JOIN stock_count ON stock_count.tenant_id = @tenant_id AND stock_count.count_id = adjustment.count_id
    WHERE adjustment.tenant_id = @tenant_id AND adjustment.operation_id = coalesce(operation.reverses_operation_id, operation.operation_id)
    LIMIT 1
) AS counted ON true
ORDER BY movement.lot_id, movement.recorded_at, movement.operation_id, movement.movement_id;
