-- name: LotGet :one
SELECT lot.lot_id, item.sku, item.name AS item_name, item.base_unit, item.weight_unit, lot.lot_code, lot.inferred, party.code AS supplier_code,
       lot.supplier_lot_code, production_order.code AS production_order_code, run.code AS run_code,
       lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count, operation.recorded_at AS created_at,
       (SELECT coalesce(sum(balance.on_hand), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id)::numeric AS on_hand,
       (SELECT coalesce(sum(balance.weight), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id)::numeric AS weight
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = lot.created_operation_id
LEFT JOIN party ON party.tenant_id = @tenant_id AND party.party_id = lot.supplier_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = lot.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id;

-- name: LotList :many
-- In the order of sku and lot code, after the given ones, up to the last sku. The page is cut before
-- anything else is looked up, and each item gives no more lots than it holds,
-- in the order of its index: a page costs the same however far in it lies.
WITH page AS (
    SELECT item.sku, item.name AS item_name, item.base_unit, item.weight_unit, of_item.lot_id, of_item.lot_code
    FROM item
    CROSS JOIN LATERAL (
        SELECT lot.lot_id, lot.lot_code
        FROM lot
        WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id
          AND lot.lot_code > CASE WHEN item.sku = @after_sku::text THEN @after_lot_code::text ELSE '' END
          AND (NOT @on_hand_only::boolean OR EXISTS (
              SELECT FROM balance
              WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand > 0))
        ORDER BY lot.lot_code
        LIMIT @row_limit
    ) AS of_item
    WHERE item.tenant_id = @tenant_id AND item.sku >= @after_sku AND item.sku <= @last_sku::text
    ORDER BY item.sku, of_item.lot_code
    LIMIT @row_limit
)
SELECT lot.lot_id, page.sku, page.item_name, page.base_unit, page.weight_unit, lot.lot_code, lot.inferred, party.code AS supplier_code,
       lot.supplier_lot_code, production_order.code AS production_order_code, run.code AS run_code,
       lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count, operation.recorded_at AS created_at,
       (SELECT coalesce(sum(balance.on_hand), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id)::numeric AS on_hand,
       (SELECT coalesce(sum(balance.weight), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id)::numeric AS weight
FROM page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = lot.created_operation_id
LEFT JOIN party ON party.tenant_id = @tenant_id AND party.party_id = lot.supplier_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = lot.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
ORDER BY page.sku, page.lot_code;

-- name: LotListWhole :many
-- The same for package listing, which puts a filter or an order around it: cut at its end
-- alone, so that PostgreSQL can begin with what is asked for.
SELECT lot.lot_id, item.sku, item.name AS item_name, item.base_unit, item.weight_unit, lot.lot_code, lot.inferred, party.code AS supplier_code,
       lot.supplier_lot_code, production_order.code AS production_order_code, run.code AS run_code,
       lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count, operation.recorded_at AS created_at,
       (SELECT coalesce(sum(balance.on_hand), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id)::numeric AS on_hand,
       (SELECT coalesce(sum(balance.weight), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id)::numeric AS weight
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = lot.created_operation_id
LEFT JOIN party ON party.tenant_id = @tenant_id AND party.party_id = lot.supplier_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = lot.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE lot.tenant_id = @tenant_id AND (@sku::text = '' OR item.sku = @sku)
  AND (NOT @on_hand_only::boolean OR EXISTS (
      SELECT FROM balance
      WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand > 0))
ORDER BY item.sku, lot.lot_code
LIMIT @row_limit;

-- name: LotListStock :many
-- Where a lot is, in the order of the location's code, after the given one, whether it is
-- held there, and how much of it is reserved.
SELECT location.code, item.base_unit, item.weight_unit, balance.on_hand, coalesce(balance.weight, 0)::numeric AS weight,
       (lot.hold_count > 0 AND EXISTS (
           SELECT FROM hold
           WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL
             AND (hold.location_id IS NULL OR hold.location_id = balance.location_id)))::boolean AS held,
       CASE WHEN lot.reserved_until > now() THEN (
           SELECT coalesce(sum(r.quantity), 0)
           FROM reservation AS r
           WHERE r.tenant_id = @tenant_id AND r.lot_id = lot.lot_id AND r.quantity > 0 AND r.expires_at > now()
             AND r.location_id = balance.location_id) ELSE 0 END::numeric AS reserved
FROM balance
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = balance.location_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE balance.tenant_id = @tenant_id AND balance.lot_id = @lot_id AND balance.on_hand > 0 AND location.code > @after_code
ORDER BY location.code
LIMIT @row_limit;

-- name: LotListMovement :many
-- The earliest recorded first. Movements of one operation go by their id, which
-- was handed out in the order of its lines. The page is cut out of movement_lot_idx,
-- which has this order, before anything else is looked up: so it costs what is on it.
WITH page AS (
    SELECT movement.recorded_at, movement.operation_id, movement.movement_id, movement.lot_id, movement.kind, movement.quantity, movement.weight,
           movement.entered_quantity, movement.entered_unit, movement.from_location_id, movement.to_location_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id
      AND (movement.recorded_at, movement.operation_id, movement.movement_id) > (@after_recorded_at::timestamptz, @after_operation_id::bigint, @after_movement_id::bigint)
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
