-- The packet of a recall. The lots and runs in its scope are given by id, as they
-- are to the queries of recall_scope.sql, which also says what had gone: what is
-- asked here has to agree with it.

-- name: PacketReadAt :one
SELECT transaction_timestamp()::timestamptz AS read_at;

-- name: PacketLotOrder :many
-- The order in which lots are told of: those that the case is about first.
SELECT lot.lot_id, (recall_seed.lot_id IS NOT NULL)::boolean AS direct
FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = scope.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN recall_seed ON recall_seed.tenant_id = @tenant_id AND recall_seed.recall_id = @recall_id AND recall_seed.lot_id = scope.lot_id
ORDER BY direct DESC, item.sku, lot.lot_code;

-- name: PacketItemList :many
-- What the items of lots are called.
SELECT item.sku, item.name
FROM (SELECT DISTINCT lot.item_id
      FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
      JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = scope.lot_id) AS affected
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = affected.item_id;

-- name: PacketStockList :many
-- Where lots are, location by location.
SELECT stock.lot_id, stock.location_id, location.code AS location_code, item.sku, lot.lot_code, item.base_unit, lot.expiry_date, stock.on_hand
FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
CROSS JOIN LATERAL (
    SELECT balance.lot_id, balance.location_id, balance.on_hand
    FROM balance
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = scope.lot_id AND balance.on_hand > 0
) AS stock
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = stock.location_id
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = stock.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
ORDER BY location.code, item.sku, lot.lot_code;

-- name: PacketPlaceList :many
-- What locations are called, and the sites that they are in.
WITH RECURSIVE up AS (
    SELECT location.location_id AS leaf_id, location.location_id, location.parent_id, location.name
    FROM location
    WHERE location.tenant_id = @tenant_id AND location.location_id = ANY (@location_ids::bigint[])
    UNION ALL
    SELECT up.leaf_id, location.location_id, location.parent_id, location.name
    FROM up
    JOIN location ON location.tenant_id = @tenant_id AND location.location_id = up.parent_id
)
SELECT leaf.leaf_id AS location_id, leaf.name, (CASE WHEN site.location_id = leaf.leaf_id THEN '' ELSE site.name END)::text AS within
FROM up AS leaf
JOIN up AS site ON site.leaf_id = leaf.leaf_id AND site.parent_id IS NULL
WHERE leaf.location_id = leaf.leaf_id;

-- name: PacketRunOrder :many
-- The earliest started first.
SELECT run.run_id, (run.finished_at IS NULL)::boolean AS in_process
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE run.tenant_id = @tenant_id AND run.run_id = ANY (@run_ids::bigint[])
ORDER BY run.started_at, production_order.code COLLATE "C", run.code COLLATE "C";

-- name: PacketRunList :many
-- With the item that each was to make.
SELECT run.run_id, production_order.code AS production_order_code, run.code, run.started_at, run.finished_at, item.sku
FROM run
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = production_order.item_id
WHERE run.tenant_id = @tenant_id AND run.run_id = ANY (@run_ids::bigint[]);

-- name: PacketRunConsumptionList :many
-- What runs consumed, whether in scope or not.
SELECT moved.run_id, moved.lot_id, item.sku, lot.lot_code, item.base_unit, moved.quantity
FROM (
    SELECT movement.run_id::bigint AS run_id, movement.lot_id, sum(movement.quantity)::numeric AS quantity
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'consumption'
    GROUP BY movement.run_id, movement.lot_id
    HAVING sum(movement.quantity) > 0
) AS moved
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = moved.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
ORDER BY item.sku, lot.lot_code;

-- name: PacketRunOutputList :many
-- What runs put out. All of it is in scope, unless the run is not.
SELECT moved.run_id, moved.lot_id, item.sku, lot.lot_code, item.base_unit, moved.quantity
FROM (
    SELECT movement.run_id::bigint AS run_id, movement.lot_id, sum(movement.quantity)::numeric AS quantity
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'output'
    GROUP BY movement.run_id, movement.lot_id
    HAVING sum(movement.quantity) > 0
) AS moved
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = moved.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
ORDER BY item.sku, lot.lot_code;

-- name: PacketReceiptList :many
-- How lots came from suppliers, the earliest received first. What was reversed did
-- not come.
SELECT lot.lot_id, item.sku, lot.lot_code, item.base_unit, lot.supplier_lot_code, receipt.code AS receipt_code, purchase_order.code AS purchase_order_code,
       receipt_line.order_line_number, purchase_order.supplier_id, movement.quantity, receipt.received_at, receipt.document_references
FROM unnest(@lot_ids::bigint[]) AS scope (lot_id)
JOIN movement ON movement.tenant_id = @tenant_id AND movement.lot_id = scope.lot_id AND movement.kind = 'receipt' AND movement.quantity > 0
    AND NOT EXISTS (SELECT FROM movement AS reversal WHERE reversal.tenant_id = @tenant_id AND reversal.reverses_movement_id = movement.movement_id)
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = scope.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN receipt_line ON receipt_line.tenant_id = @tenant_id AND receipt_line.receipt_line_id = movement.receipt_line_id
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = receipt_line.receipt_id
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt_line.purchase_order_id
ORDER BY receipt.received_at, receipt.code COLLATE "C", receipt_line.line_number;

-- name: PacketShipmentOrder :many
-- What had gone, as RecallShipmentList has it, but customer by customer.
SELECT gone.lot_id, gone.shipment_line_id::bigint AS shipment_line_id, shipment.customer_id, gone.quantity
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
ORDER BY party.code, shipment.code COLLATE "C", shipment_line.line_number, item.sku, lot.lot_code;

-- name: PacketShipmentList :many
-- The particulars of what PacketShipmentOrder found, in the order in which it is
-- given.
SELECT item.sku, lot.lot_code, item.base_unit, shipment.code AS shipment_code, shipment_line.line_number,
       sales_order.code AS sales_order_code, coalesce(shipment_line.order_line_number, 0)::integer AS order_line_number,
       party.code AS customer_code, party.name AS customer_name, gone.quantity::numeric AS quantity, shipment.shipped_at, shipment.delivery_date
FROM unnest(@lot_ids::bigint[], @shipment_line_ids::bigint[], @quantities::numeric[]) WITH ORDINALITY AS gone (lot_id, shipment_line_id, quantity, place)
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = gone.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN shipment_line ON shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = gone.shipment_line_id
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id
JOIN party ON party.tenant_id = @tenant_id AND party.party_id = shipment.customer_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment.sales_order_id
ORDER BY gone.place;

-- name: PacketPartyList :many
SELECT party_id, code, name, kinds, gln, contacts, address, revision
FROM party
WHERE tenant_id = @tenant_id AND party_id = ANY (@party_ids::bigint[]);
