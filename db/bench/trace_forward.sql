-- Where a lot went, in one recursive query: the rows that TraceForward sends, with
-- what it says of each. One kind of row in all: columns that a kind does not need
-- are null.

-- name: TraceForward
WITH RECURSIVE reached AS (
    SELECT $2::bigint AS lot_id
    UNION
    SELECT output.lot_id
    FROM reached
    JOIN movement AS consumption ON consumption.tenant_id = $1 AND consumption.lot_id = reached.lot_id AND consumption.kind = 'consumption'
    JOIN movement AS output ON output.tenant_id = $1 AND output.run_id = consumption.run_id AND output.kind = 'output'
), consumed AS MATERIALIZED (
    SELECT movement.lot_id, movement.run_id, sum(movement.quantity) AS quantity, min(movement.occurred_at) AS first_at, max(movement.occurred_at) AS last_at
    FROM reached
    JOIN movement ON movement.tenant_id = $1 AND movement.lot_id = reached.lot_id AND movement.kind = 'consumption'
    GROUP BY movement.lot_id, movement.run_id
), runs AS MATERIALIZED (
    SELECT DISTINCT run_id FROM consumed
)
SELECT 'lot' AS kind, lot.lot_id, NULL::bigint AS run_id, lot.lot_code AS code, item.sku AS of_code, item.name, location.code AS place,
       item.base_unit AS unit, balance.on_hand AS quantity, NULL::timestamptz AS first_at, NULL::timestamptz AS last_at, lot.expiry_date AS day, lot.hold_count AS number, NULL::jsonb AS contacts
FROM reached
JOIN lot ON lot.tenant_id = $1 AND lot.lot_id = reached.lot_id
JOIN item ON item.tenant_id = $1 AND item.item_id = lot.item_id
LEFT JOIN balance ON balance.tenant_id = $1 AND balance.lot_id = lot.lot_id AND balance.on_hand > 0
LEFT JOIN location ON location.tenant_id = $1 AND location.location_id = balance.location_id
UNION ALL
SELECT 'run', NULL, run.run_id, run.code, production_order.code, NULL, NULL, NULL, NULL, run.started_at, run.finished_at, NULL, NULL, NULL
FROM runs
JOIN run ON run.tenant_id = $1 AND run.run_id = runs.run_id
JOIN production_order ON production_order.tenant_id = $1 AND production_order.production_order_id = run.production_order_id
UNION ALL
SELECT 'consumption', lot_id, run_id, NULL, NULL, NULL, NULL, NULL, quantity, first_at, last_at, NULL, NULL, NULL
FROM consumed
UNION ALL
SELECT 'output', movement.lot_id, movement.run_id, NULL, NULL, NULL, NULL, NULL, sum(movement.quantity), min(movement.occurred_at), max(movement.occurred_at), NULL, NULL, NULL
FROM runs
JOIN movement ON movement.tenant_id = $1 AND movement.run_id = runs.run_id AND movement.kind = 'output'
GROUP BY movement.lot_id, movement.run_id
UNION ALL
SELECT 'shipment', shipped.lot_id, NULL, shipment.code, sales_order.code, party.name, party.code, NULL, shipped.quantity, shipment.shipped_at, NULL,
       shipment.delivery_date, shipment_line.order_line_number, party.contacts
FROM (
    SELECT movement.lot_id, movement.shipment_line_id, sum(movement.quantity) AS quantity
    FROM reached
    JOIN movement ON movement.tenant_id = $1 AND movement.lot_id = reached.lot_id AND movement.kind = 'shipment'
    GROUP BY movement.lot_id, movement.shipment_line_id
) AS shipped
JOIN shipment_line ON shipment_line.tenant_id = $1 AND shipment_line.shipment_line_id = shipped.shipment_line_id
JOIN shipment ON shipment.tenant_id = $1 AND shipment.shipment_id = shipment_line.shipment_id
JOIN party ON party.tenant_id = $1 AND party.party_id = shipment.customer_id
LEFT JOIN sales_order ON sales_order.tenant_id = $1 AND sales_order.sales_order_id = shipment_line.sales_order_id;
