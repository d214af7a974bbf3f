-- What is read of the lots and runs in the scope of a case, which are given by id.
-- Lots are looked up one by one, in the index that has the answer: a scope may be
-- most of what there is, or was written a moment ago and is not in the planner's
-- statistics.
--
-- What had gone: nothing of a lot is shipped while the case holds it. So every
-- shipment of it had gone before, but for those that were recorded after its
-- release. until is when that was, for each lot; the year 9999 is never. What was
-- reversed had not gone, whenever that was found out.

-- name: RecallLotOnHandList :many
-- Those of which something is left.
SELECT scope.lot_id::bigint AS lot_id
FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
CROSS JOIN LATERAL (
    SELECT
    FROM balance
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = scope.lot_id AND balance.on_hand > 0
    LIMIT 1
) AS stock;

-- name: RecallRunCount :one
SELECT count(*)::integer AS runs, count(*) FILTER (WHERE run.finished_at IS NULL)::integer AS in_process
FROM run
WHERE run.tenant_id = @tenant_id AND run.run_id = ANY (@run_ids::bigint[]);

-- name: RecallShipmentCount :one
-- Lines of a lot each, and customers.
SELECT count(*)::integer AS lines, count(DISTINCT shipment.customer_id)::integer AS customers
FROM (
    SELECT moved.lot_id, moved.shipment_line_id
    FROM unnest(@lot_ids::bigint[], @until::timestamptz[]) AS scope (lot_id, until)
    CROSS JOIN LATERAL (
        SELECT movement.lot_id, movement.shipment_line_id, movement.quantity
        FROM movement
        WHERE movement.tenant_id = @tenant_id AND movement.lot_id = scope.lot_id AND movement.kind = 'shipment'
          AND (scope.until >= '9999-01-01' OR movement.quantity < 0
               OR (SELECT operation.recorded_at FROM operation
                   WHERE operation.tenant_id = @tenant_id AND operation.operation_id = movement.operation_id) < scope.until)
    ) AS moved
    GROUP BY moved.lot_id, moved.shipment_line_id
    HAVING sum(moved.quantity) > 0
) AS gone
JOIN shipment_line ON shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = gone.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id;

-- name: RecallShipmentList :many
-- In the order of shipment, line, sku and lot code, after the given ones.
SELECT item.sku, lot.lot_code, item.base_unit, shipment.code AS shipment_code, shipment_line.line_number,
       sales_order.code AS sales_order_code, coalesce(shipment_line.order_line_number, 0)::integer AS order_line_number,
       party.code AS customer_code, party.name AS customer_name, gone.quantity, shipment.shipped_at, shipment.delivery_date
FROM (
    SELECT moved.lot_id, moved.shipment_line_id, sum(moved.quantity)::numeric AS quantity
    FROM unnest(@lot_ids::bigint[], @until::timestamptz[]) AS scope (lot_id, until)
    CROSS JOIN LATERAL (
        SELECT movement.lot_id, movement.shipment_line_id, movement.quantity
        FROM movement
        WHERE movement.tenant_id = @tenant_id AND movement.lot_id = scope.lot_id AND movement.kind = 'shipment'
          AND (scope.until >= '9999-01-01' OR movement.quantity < 0
               OR (SELECT operation.recorded_at FROM operation
                   WHERE operation.tenant_id = @tenant_id AND operation.operation_id = movement.operation_id) < scope.until)
    ) AS moved
    GROUP BY moved.lot_id, moved.shipment_line_id
    HAVING sum(moved.quantity) > 0
) AS gone
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = gone.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN shipment_line ON shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = gone.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = shipment.customer_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment.sales_order_id
WHERE (shipment.code COLLATE "C", shipment_line.line_number, item.sku, lot.lot_code)
    > (@after_shipment_code::text, @after_line_number::integer, @after_sku::text, @after_lot_code::text)
ORDER BY shipment.code COLLATE "C", shipment_line.line_number, item.sku, lot.lot_code
LIMIT @row_limit;

-- name: RecallLotList :many
-- In the order of sku and lot code, after the given ones. The page is cut before
-- anything is summed up.
WITH page AS (
    SELECT lot.lot_id, item.sku, item.name AS item_name, item.base_unit, lot.lot_code
    FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = scope.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
    WHERE (item.sku, lot.lot_code) > (@after_sku::text, @after_lot_code::text)
      AND (NOT @on_hand_only::boolean OR EXISTS (
          SELECT FROM balance
          WHERE balance.tenant_id = @tenant_id AND balance.lot_id = scope.lot_id AND balance.on_hand > 0))
    ORDER BY item.sku, lot.lot_code
    LIMIT @row_limit
)
SELECT page.lot_id, page.sku, page.item_name, page.base_unit, page.lot_code, lot.inferred, lot.supplier_lot_code,
       lot.production_date, lot.expiry_date, production_order.code AS production_order_code, run.code AS run_code,
       EXISTS (SELECT FROM recall_seed
               WHERE recall_seed.tenant_id = @tenant_id AND recall_seed.recall_id = @recall_id AND recall_seed.lot_id = page.lot_id) AS direct,
       coalesce(held.number, 0)::integer AS hold_number, released.reason AS release_reason, (kept.operation_id IS NOT NULL)::boolean AS kept, coalesce(kept.reason, '')::text AS keep_reason,
       (SELECT coalesce(sum(movement.quantity), 0)
        FROM movement
        WHERE movement.tenant_id = @tenant_id AND movement.lot_id = page.lot_id AND movement.kind = 'receipt')::numeric AS received,
       (SELECT coalesce(sum(movement.quantity), 0)
        FROM movement
        WHERE movement.tenant_id = @tenant_id AND movement.lot_id = page.lot_id AND movement.kind = 'output')::numeric AS put_out,
       (SELECT coalesce(sum(movement.quantity), 0)
        FROM movement
        WHERE movement.tenant_id = @tenant_id AND movement.lot_id = page.lot_id AND movement.kind = 'shipment')::numeric AS shipped,
       consumption.in_process, consumption.finished,
       (SELECT coalesce(sum(balance.on_hand), 0)
        FROM balance
        WHERE balance.tenant_id = @tenant_id AND balance.lot_id = page.lot_id)::numeric AS on_hand
FROM page
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = page.lot_id
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = lot.run_id
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
LEFT JOIN LATERAL (
    SELECT hold.number, hold.released_operation_id
    FROM hold
    WHERE hold.tenant_id = @tenant_id AND hold.recall_id = @recall_id::bigint AND hold.lot_id = page.lot_id
    LIMIT 1
) AS held ON true
LEFT JOIN operation AS released ON released.tenant_id = @tenant_id AND released.operation_id = held.released_operation_id
LEFT JOIN LATERAL (
    SELECT operation.operation_id, operation.reason
    FROM recall_keep
    JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = recall_keep.operation_id
    WHERE recall_keep.tenant_id = @tenant_id AND recall_keep.recall_id = @recall_id AND recall_keep.lot_id = page.lot_id
    ORDER BY operation.recorded_at DESC
    LIMIT 1
) AS kept ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(movement.quantity) FILTER (WHERE run.finished_at IS NULL), 0)::numeric AS in_process,
           coalesce(sum(movement.quantity) FILTER (WHERE run.finished_at IS NOT NULL), 0)::numeric AS finished
    FROM movement
    JOIN run ON run.tenant_id = @tenant_id AND run.run_id = movement.run_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = page.lot_id AND movement.kind = 'consumption'
) AS consumption
ORDER BY page.sku, page.lot_code;

-- name: RecallStockList :many
-- Where lots are, each at no more locations than asked for.
SELECT stock.lot_id, stock.location_code, stock.on_hand
FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
CROSS JOIN LATERAL (
    SELECT balance.lot_id, location.code AS location_code, balance.on_hand
    FROM balance
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = balance.location_id
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = scope.lot_id AND balance.on_hand > 0
    ORDER BY location.code
    LIMIT @row_limit
) AS stock
ORDER BY stock.lot_id, stock.location_code;

-- name: RecallEventList :many
-- What was done in a case, and the outputs of its runs that were born held. The
-- earliest recorded first, after the given ones.
SELECT operation.operation_id, operation.kind, operation.recorded_at, operation.principal, operation.reason
FROM (
    SELECT operation.operation_id
    FROM operation
    WHERE operation.tenant_id = @tenant_id AND operation.recall_id = @recall_id::bigint
    UNION
    SELECT hold.placed_operation_id
    FROM hold
    WHERE hold.tenant_id = @tenant_id AND hold.recall_id = @recall_id::bigint
) AS event
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = event.operation_id
WHERE (operation.recorded_at, operation.operation_id) > (@after_recorded_at::timestamptz, @after_operation_id::bigint)
ORDER BY operation.recorded_at, operation.operation_id
LIMIT @row_limit;

-- name: RecallEventLotList :many
-- The lots that these events concerned, the first of each, and how many there are.
-- An opening concerned the lots that the case is about, all others the holds that
-- they placed, released or decided to keep.
SELECT ranked.operation_id, ranked.sku, ranked.lot_code, ranked.lot_count
FROM (
    SELECT concerned.operation_id, item.sku, lot.lot_code,
           row_number() OVER (PARTITION BY concerned.operation_id ORDER BY item.sku, lot.lot_code) AS place,
           (count(*) OVER (PARTITION BY concerned.operation_id))::integer AS lot_count
    FROM (
        SELECT operation.operation_id, recall_seed.lot_id
        FROM operation
        JOIN recall_seed ON recall_seed.tenant_id = @tenant_id AND recall_seed.recall_id = operation.recall_id
        WHERE operation.tenant_id = @tenant_id AND operation.operation_id = ANY (@operation_ids::bigint[]) AND operation.kind = 'recall_open'
        UNION ALL
        SELECT hold.placed_operation_id, hold.lot_id
        FROM hold
        WHERE hold.tenant_id = @tenant_id AND hold.recall_id = @recall_id::bigint AND hold.placed_operation_id = ANY (@operation_ids::bigint[])
        UNION ALL
        SELECT hold.released_operation_id, hold.lot_id
        FROM hold
        WHERE hold.tenant_id = @tenant_id AND hold.recall_id = @recall_id::bigint AND hold.released_operation_id = ANY (@operation_ids::bigint[])
        UNION ALL
        SELECT recall_keep.operation_id, recall_keep.lot_id
        FROM recall_keep
        WHERE recall_keep.tenant_id = @tenant_id AND recall_keep.recall_id = @recall_id AND recall_keep.operation_id = ANY (@operation_ids::bigint[])
    ) AS concerned
    JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = concerned.lot_id
    JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
) AS ranked
WHERE ranked.place <= @lots_each::integer
ORDER BY ranked.operation_id, ranked.place;
