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

-- What follows joins by LATERAL … LIMIT 1, which is a look-up by key and nothing
-- else: a batch of the log is small beside the tables, and the planner cannot know.

-- name: LogListEntry :many
-- Entries in the order of the log, with their operations; kinds may be empty, for
-- all.
SELECT log.log_index, log.sealed_at, operation.operation_id, operation.kind, operation.occurred_at, operation.recorded_at,
       operation.principal, operation.request_id, operation.reason,
       coalesce(receipt.code, '')::text AS receipt_code, coalesce(receipt.purchase_order_code, '')::text AS purchase_order_code,
       coalesce(shipment.code, '')::text AS shipment_code, coalesce(shipment.sales_order_code, '')::text AS sales_order_code,
       coalesce(party.code, '')::text AS party_code, coalesce(run.production_order_code, '')::text AS production_order_code,
       coalesce(run.code, '')::text AS run_code, coalesce(recall.case_number, '')::text AS case_number,
       coalesce(reversed.log_index, 0)::bigint AS reversed_log_index,
       coalesce(adjustment.reason_code, '')::text AS reason_code,
       (CASE WHEN operation.reverses_operation_id IS NULL THEN coalesce(adjustment.approved_by, '') ELSE '' END)::text AS approved_by,
       coalesce(adjustment.count_code, '')::text AS count_code,
       coalesce(transfer.purpose, '')::text AS move_purpose, transfer.document_references
FROM log
CROSS JOIN LATERAL (
    SELECT o.operation_id, o.kind, o.occurred_at, o.recorded_at, o.principal, o.request_id, o.reason, o.receipt_id, o.run_id, o.shipment_id, o.recall_id, o.reverses_operation_id
    FROM operation AS o
    WHERE o.tenant_id = @tenant_id AND o.operation_id = log.operation_id
      AND (cardinality(@kinds::text[]) = 0 OR o.kind = ANY (@kinds))
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
) AS transfer ON true
WHERE log.tenant_id = @tenant_id AND log.log_index > @after_index AND log.log_index <= @until_index
ORDER BY log.log_index
LIMIT @row_limit;

-- What operations did, in the order of the operations. Each may have any number of
-- facts: of each so many are taken at most, of all together so many, and of the
-- first only those behind what was taken before.

-- name: LogListMovement :many
SELECT movement.operation_id, movement.movement_id, movement.kind, lot.sku, lot.lot_code, lot.base_unit, movement.quantity,
       coalesce(movement.weight, 0)::numeric AS weight, lot.weight_unit,
       movement.entered_quantity, movement.entered_unit, from_location.code AS from_code, to_location.code AS to_code,
       coalesce(rotation.out_of_rotation, false)::boolean AS out_of_rotation, coalesce(output_share.share, 0)::numeric AS share
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT m.operation_id, m.movement_id, m.kind, m.lot_id, m.quantity, m.weight, m.entered_quantity, m.entered_unit, m.from_location_id, m.to_location_id, m.run_id
    FROM movement AS m
    WHERE m.tenant_id = @tenant_id AND m.operation_id = done.operation_id
      AND m.movement_id > CASE WHEN done.place = 1 THEN @after_movement_id::bigint ELSE 0 END
    ORDER BY m.movement_id
    LIMIT @each_limit
) AS movement
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku, item.base_unit, item.weight_unit
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = movement.lot_id
    LIMIT 1
) AS lot
CROSS JOIN LATERAL (
    SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = movement.from_location_id LIMIT 1
) AS from_location
CROSS JOIN LATERAL (
    SELECT l.code FROM location AS l WHERE l.tenant_id = @tenant_id AND l.location_id = movement.to_location_id LIMIT 1
) AS to_location
LEFT JOIN LATERAL (
    SELECT NOT r.in_rotation AS out_of_rotation
    FROM rotation AS r
    WHERE r.tenant_id = @tenant_id AND r.movement_id = movement.movement_id AND movement.kind IN ('consumption', 'shipment')
    LIMIT 1
) AS rotation ON true
LEFT JOIN LATERAL (
    SELECT s.share
    FROM output_share AS s
    WHERE s.tenant_id = @tenant_id AND s.run_id = movement.run_id AND s.movement_id = movement.movement_id AND movement.kind = 'output'
    LIMIT 1
) AS output_share ON true
ORDER BY done.place, movement.movement_id
LIMIT @row_limit;

-- Of holds there are many to an operation or none. An operation is a range of its
-- index here, and not an equality: else the order of the rest would suit the
-- primary key, which knows nothing of operations.

-- name: LogListPlaced :many
-- The holds that they placed.
SELECT hold.operation_id, hold.lot_id, hold.number, lot.sku, lot.lot_code, hold.reason, recall.case_number, location.code AS location_code, hold.reason_code
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT h.placed_operation_id AS operation_id, h.lot_id, h.number, h.reason, h.recall_id, h.location_id, h.reason_code
    FROM hold AS h
    WHERE h.tenant_id = @tenant_id AND h.placed_operation_id BETWEEN done.operation_id AND done.operation_id
      AND (h.placed_operation_id, h.lot_id, h.number) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END,
                                                         CASE WHEN done.place = 1 THEN @after_number::integer ELSE 0 END)
    ORDER BY h.placed_operation_id, h.lot_id, h.number
    LIMIT @each_limit
) AS hold
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = hold.lot_id
    LIMIT 1
) AS lot
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
ORDER BY done.place, hold.lot_id, hold.number
LIMIT @row_limit;

-- name: LogListReleased :many
-- The holds that they released.
SELECT hold.operation_id::bigint AS operation_id, hold.lot_id, hold.number, lot.sku, lot.lot_code, hold.reason, recall.case_number, location.code AS location_code, hold.reason_code
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT h.released_operation_id AS operation_id, h.lot_id, h.number, h.reason, h.recall_id, h.location_id, h.reason_code
    FROM hold AS h
    WHERE h.tenant_id = @tenant_id AND h.released_operation_id BETWEEN done.operation_id AND done.operation_id
      AND (h.released_operation_id, h.lot_id, h.number) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END,
                                                           CASE WHEN done.place = 1 THEN @after_number::integer ELSE 0 END)
    ORDER BY h.released_operation_id, h.lot_id, h.number
    LIMIT @each_limit
) AS hold
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = hold.lot_id
    LIMIT 1
) AS lot
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = hold.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
ORDER BY done.place, hold.lot_id, hold.number
LIMIT @row_limit;

-- name: LogListKept :many
-- The holds of which they decided that they stand beyond their recall.
SELECT kept.operation_id, kept.lot_id, hold.number, lot.sku, lot.lot_code, hold.reason, recall.case_number, location.code AS location_code, hold.reason_code
FROM unnest(@operation_ids::bigint[]) WITH ORDINALITY AS done (operation_id, place)
CROSS JOIN LATERAL (
    SELECT k.operation_id, k.lot_id, k.recall_id
    FROM recall_keep AS k
    WHERE k.tenant_id = @tenant_id AND k.operation_id BETWEEN done.operation_id AND done.operation_id
      AND (k.operation_id, k.lot_id) > (done.operation_id, CASE WHEN done.place = 1 THEN @after_lot_id::bigint ELSE 0 END)
    ORDER BY k.operation_id, k.lot_id
    LIMIT @each_limit
) AS kept
CROSS JOIN LATERAL (
    SELECT h.number, h.reason, h.location_id, h.reason_code
    FROM hold AS h
    WHERE h.tenant_id = @tenant_id AND h.recall_id = kept.recall_id AND h.lot_id = kept.lot_id
    LIMIT 1
) AS hold
CROSS JOIN LATERAL (
    SELECT l.lot_code, item.sku
    FROM lot AS l
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = l.item_id
    WHERE l.tenant_id = @tenant_id AND l.lot_id = kept.lot_id
    LIMIT 1
) AS lot
LEFT JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = kept.recall_id
LEFT JOIN location ON location.tenant_id = @tenant_id AND location.location_id = hold.location_id
ORDER BY done.place, kept.lot_id
LIMIT @row_limit;
