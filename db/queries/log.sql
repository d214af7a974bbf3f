-- What the log says (package oplog). A batch of it is two round trips: where the
-- reader stands and which operations follow, then all that these did.

-- name: LogHeadGet :one
SELECT log_key, log_index
FROM log_head
WHERE tenant_id = @tenant_id;

-- name: LogListMark :many
-- The entry at which a reader stands, and the last one of those that are looked
-- through from there. They can be the same; at the beginning there is none.
(SELECT log_index, sealed_at
 FROM log
 WHERE log.tenant_id = @tenant_id AND log.log_index = @at_index)
UNION ALL
(SELECT log_index, sealed_at
 FROM log
 WHERE log.tenant_id = @tenant_id AND log.log_index <= @until_index
 ORDER BY log.log_index DESC
 LIMIT 1);

-- name: LogListEntry :many
-- Entries in the order of the log, with their operations; kinds may be empty, for
-- all.
SELECT log.log_index, log.sealed_at, operation.operation_id, operation.kind, operation.occurred_at, operation.recorded_at,
       operation.principal, operation.request_id, operation.reason,
       receipt.code AS receipt_code, purchase_order.code AS purchase_order_code,
       shipment.code AS shipment_code, sales_order.code AS sales_order_code, party.code AS party_code,
       production_order.code AS production_order_code, run.code AS run_code, recall.case_number
FROM log
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = log.operation_id
LEFT JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = operation.receipt_id
LEFT JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt.purchase_order_id
LEFT JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = operation.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment.sales_order_id
LEFT JOIN party ON party.tenant_id = @tenant_id AND party.party_id = coalesce(purchase_order.supplier_id, shipment.customer_id)
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = operation.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = operation.recall_id
WHERE log.tenant_id = @tenant_id AND log.log_index > @after_index AND log.log_index <= @until_index
  AND (cardinality(@kinds::text[]) = 0 OR operation.kind = ANY (@kinds))
ORDER BY log.log_index
LIMIT @row_limit;

-- What operations did, in the order of the operations. Each may have any number of
-- facts: of each so many are taken at most, of all together so many, and of the
-- first only those behind what was taken before. An operation is a range of its
-- index, not an equality: else an ORDER BY of the rest would suit the primary key,
-- which is tempting, and does not know operations.

-- name: LogListMovement :many
SELECT movement.operation_id, movement.movement_id, movement.kind, item.sku, lot.lot_code, item.base_unit, movement.quantity,
       movement.entered_quantity, movement.entered_unit, from_location.code AS from_code, to_location.code AS to_code
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT m.operation_id, m.movement_id, m.kind, m.lot_id, m.quantity, m.entered_quantity, m.entered_unit, m.from_location_id, m.to_location_id
    FROM movement AS m
    WHERE m.tenant_id = @tenant_id AND m.operation_id <= done.operation_id
      AND (m.operation_id, m.movement_id) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_movement_id::bigint ELSE 0 END)
    ORDER BY m.operation_id, m.movement_id
    LIMIT @each_limit
) AS movement
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = movement.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location AS from_location ON from_location.tenant_id = @tenant_id AND from_location.location_id = movement.from_location_id
JOIN location AS to_location ON to_location.tenant_id = @tenant_id AND to_location.location_id = movement.to_location_id
ORDER BY done.place, movement.movement_id
LIMIT @row_limit;

-- name: LogListPlaced :many
-- The holds that they placed.
SELECT hold.operation_id, hold.lot_id, hold.number, item.sku, lot.lot_code, hold.reason, recall.case_number
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT h.placed_operation_id AS operation_id, h.lot_id, h.number, h.reason, h.recall_id
    FROM hold AS h
    WHERE h.tenant_id = @tenant_id AND h.placed_operation_id <= done.operation_id
      AND (h.placed_operation_id, h.lot_id, h.number) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END,
                                                         CASE WHEN done.place = 1 THEN @after_number::integer ELSE 0 END)
    ORDER BY h.placed_operation_id, h.lot_id, h.number
    LIMIT @each_limit
) AS hold
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = hold.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
ORDER BY done.place, hold.lot_id, hold.number
LIMIT @row_limit;

-- name: LogListReleased :many
-- The holds that they released.
SELECT hold.operation_id::bigint AS operation_id, hold.lot_id, hold.number, item.sku, lot.lot_code, hold.reason, recall.case_number
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT h.released_operation_id AS operation_id, h.lot_id, h.number, h.reason, h.recall_id
    FROM hold AS h
    WHERE h.tenant_id = @tenant_id AND h.released_operation_id <= done.operation_id
      AND (h.released_operation_id, h.lot_id, h.number) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END,
                                                         CASE WHEN done.place = 1 THEN @after_number::integer ELSE 0 END)
    ORDER BY h.released_operation_id, h.lot_id, h.number
    LIMIT @each_limit
) AS hold
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = hold.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
ORDER BY done.place, hold.lot_id, hold.number
LIMIT @row_limit;

-- name: LogListKept :many
-- The holds of which they decided that they stand beyond their recall.
SELECT kept.operation_id, kept.lot_id, hold.number, item.sku, lot.lot_code, hold.reason, recall.case_number
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT k.operation_id, k.lot_id, k.recall_id
    FROM recall_keep AS k
    WHERE k.tenant_id = @tenant_id AND k.operation_id <= done.operation_id
      AND (k.operation_id, k.lot_id) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END)
    ORDER BY k.operation_id, k.lot_id
    LIMIT @each_limit
) AS kept
JOIN hold ON hold.tenant_id = @tenant_id AND hold.recall_id = kept.recall_id AND hold.lot_id = kept.lot_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = kept.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = kept.recall_id
ORDER BY done.place, kept.lot_id
LIMIT @row_limit;
