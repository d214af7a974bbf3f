-- The dossier of a lot: all that the records say of it, a query or two for each section.
-- Sections that can be long are read in their order first, by ids alone, and then chunk
-- by chunk; or cut behind the last entry.

-- name: DossierTotals :one
-- What became of the lot, by kinds of movement: sums, and so without what was taken back.
SELECT item.category, item.base_unit, item.weight_unit,
       coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'receipt'), 0)::numeric AS received,
       coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'output'), 0)::numeric AS put_out,
       coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'consumption'), 0)::numeric AS consumed,
       coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'shipment'), 0)::numeric AS shipped,
       coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'scrap'), 0)::numeric AS scrapped,
       (coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'adjustment' AND movement.to_location_id >= 1000), 0)
           - coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'adjustment' AND movement.from_location_id >= 1000), 0))::numeric AS adjusted
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
LEFT JOIN movement ON movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = @lot_id
GROUP BY item.category, item.base_unit, item.weight_unit;

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
LEFT JOIN operation AS reversal ON reversal.tenant_id = @tenant_id AND reversal.reverses_operation_id = movement.operation_id
WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.kind = 'receipt' AND movement.quantity > 0
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
-- The earliest started first. Of the lot alone, out of the indexes that walks read.
SELECT run.run_id, moved.consumed, moved.put_out, moved.first_at, moved.last_at
FROM (
    SELECT movement.run_id, coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'consumption'), 0)::numeric AS consumed,
           coalesce(sum(movement.quantity) FILTER (WHERE movement.kind = 'output'), 0)::numeric AS put_out,
           min(movement.occurred_at)::timestamptz AS first_at, max(movement.occurred_at)::timestamptz AS last_at
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.kind IN ('consumption', 'output')
    GROUP BY movement.run_id
) AS moved
JOIN run ON run.tenant_id = @tenant_id AND run.run_id = moved.run_id
JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.production_order_id = run.production_order_id
WHERE moved.consumed > 0 OR moved.put_out > 0
ORDER BY run.started_at, production_order.code COLLATE "C", run.code COLLATE "C";

-- name: DossierShipmentOrder :many
-- The earliest shipped first; those that were taken back too.
SELECT shipment_line.shipment_line_id
FROM (
    SELECT DISTINCT movement.shipment_line_id
    FROM movement
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = @lot_id AND movement.kind = 'shipment'
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
ORDER BY asked.place;

-- name: DossierDateChangeList :many
-- A lot has few.
SELECT change.number, change.old_production_date, change.old_best_before_date, change.old_expiry_date, change.old_removal_date,
       change.new_production_date, change.new_best_before_date, change.new_expiry_date, change.new_removal_date, change.retest_reference,
       operation.reason, operation.principal, operation.recorded_at
FROM lot_date_change AS change
JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = change.operation_id
WHERE change.tenant_id = @tenant_id AND change.lot_id = @lot_id
ORDER BY change.number;

-- name: DossierRecallList :many
-- The cases that are about the lot, and those that ever held it.
SELECT recall.case_number, recall.class, recall.reason, recall.state, (seed.lot_id IS NOT NULL)::boolean AS direct,
       coalesce(hold.number, 0)::integer AS hold_number, (hold.released_operation_id IS NOT NULL)::boolean AS released, (kept.operation_id IS NOT NULL)::boolean AS kept,
       opened.recorded_at AS opened_at, opened.principal AS opened_by, activated.recorded_at AS activated_at, activated.principal AS activated_by,
       closed.recorded_at AS closed_at, closed.principal AS closed_by, closed.reason AS close_reason
FROM (
    SELECT recall_seed.recall_id FROM recall_seed WHERE recall_seed.tenant_id = @tenant_id AND recall_seed.lot_id = @lot_id
    UNION
    SELECT hold.recall_id FROM hold WHERE hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.recall_id IS NOT NULL
) AS about
JOIN recall ON recall.tenant_id = @tenant_id AND recall.recall_id = about.recall_id
LEFT JOIN recall_seed AS seed ON seed.tenant_id = @tenant_id AND seed.recall_id = about.recall_id AND seed.lot_id = @lot_id
LEFT JOIN hold ON hold.tenant_id = @tenant_id AND hold.lot_id = @lot_id AND hold.recall_id = about.recall_id
LEFT JOIN recall_keep AS kept ON kept.tenant_id = @tenant_id AND kept.recall_id = about.recall_id AND kept.lot_id = @lot_id
JOIN operation AS opened ON opened.tenant_id = @tenant_id AND opened.recall_id = recall.recall_id AND opened.kind = 'recall_open'
LEFT JOIN operation AS activated ON activated.tenant_id = @tenant_id AND activated.recall_id = recall.recall_id AND activated.kind = 'recall_activation'
LEFT JOIN operation AS closed ON closed.tenant_id = @tenant_id AND closed.recall_id = recall.recall_id AND closed.kind = 'recall_close'
ORDER BY recall.case_number;
