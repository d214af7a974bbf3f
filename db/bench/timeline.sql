-- A page of a lot's movements in the order of recording, with who, when, where, by which
-- document, and how much of the lot there was after each: the service's GetLotTimeline is
-- measured against it. How much there was before the page is told to it.

-- name: Timeline
WITH page AS (
    SELECT m.recorded_at, m.operation_id, m.movement_id, m.kind, m.quantity, m.from_location_id, m.to_location_id
    FROM movement AS m
    WHERE m.tenant_id = $1 AND m.lot_id = $2 AND (m.recorded_at, m.operation_id, m.movement_id) > ($3::timestamptz, $4::bigint, $5::bigint)
    ORDER BY m.recorded_at, m.operation_id, m.movement_id
    LIMIT $6
)
SELECT page.recorded_at, page.operation_id, page.movement_id, page.kind, page.quantity, from_location.code, to_location.code,
       o.occurred_at, o.principal, o.reason,
       concat_ws(' ', receipt.code, purchase_order.code, production_order.code, run.code, shipment.code, sales_order.code, party.code) AS documents,
       coalesce(log.log_index, 0) AS log_index, coalesce(adjustment.reason_code, '') AS reason_code, coalesce(transfer.purpose, '') AS purpose,
       $7::numeric + sum(page.quantity * ((page.to_location_id >= 1000)::integer - (page.from_location_id >= 1000)::integer))
           OVER (ORDER BY page.recorded_at, page.operation_id, page.movement_id) AS on_hand
FROM page
JOIN operation AS o ON o.tenant_id = $1 AND o.operation_id = page.operation_id
JOIN location AS from_location ON from_location.tenant_id = $1 AND from_location.location_id = page.from_location_id
JOIN location AS to_location ON to_location.tenant_id = $1 AND to_location.location_id = page.to_location_id
LEFT JOIN receipt ON receipt.tenant_id = $1 AND receipt.receipt_id = o.receipt_id
LEFT JOIN purchase_order ON purchase_order.tenant_id = $1 AND purchase_order.purchase_order_id = receipt.purchase_order_id
LEFT JOIN run ON run.tenant_id = $1 AND run.run_id = o.run_id
LEFT JOIN production_order ON production_order.tenant_id = $1 AND production_order.production_order_id = run.production_order_id
LEFT JOIN shipment ON shipment.tenant_id = $1 AND shipment.shipment_id = o.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = $1 AND sales_order.sales_order_id = shipment.sales_order_id
LEFT JOIN party ON party.tenant_id = $1 AND party.party_id = coalesce(purchase_order.supplier_id, shipment.customer_id)
LEFT JOIN log ON log.tenant_id = $1 AND log.operation_id = page.operation_id
LEFT JOIN adjustment ON adjustment.tenant_id = $1 AND adjustment.operation_id = page.operation_id
LEFT JOIN transfer ON transfer.tenant_id = $1 AND transfer.operation_id = page.operation_id
ORDER BY page.recorded_at, page.operation_id, page.movement_id;
