-- A posting with as little as can be: the rows that the service writes, in as few
-- statements as their tables allow, one batch and so one round trip a call. The
-- script knows all ids and asks nothing.

-- name: Begin
BEGIN;

-- name: Commit
COMMIT;

-- name: Request
INSERT INTO request (tenant_id, request_id, fingerprint, response) VALUES ($1, $2, $3, $4);

-- name: Operation
WITH recorded AS (
    INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason, receipt_id, run_id, shipment_id)
    VALUES ($1, $2, $3, $4, 'bench', $5, '', $6, $7, $8)
    RETURNING tenant_id, operation_id, recorded_at
)
INSERT INTO unlogged (tenant_id, operation_id, recorded_at)
SELECT tenant_id, operation_id, recorded_at FROM recorded;

-- name: LockLots
SELECT lot_id FROM lot WHERE tenant_id = $1 AND lot_id = ANY ($2::bigint[]) ORDER BY lot_id FOR NO KEY UPDATE;

-- name: Lots
INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, run_id, production_date, expiry_date, created_operation_id)
SELECT $1, l.lot_id, l.item_id, l.lot_code, false, $5, '', $6, $7, $8, $9
FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS l (lot_id, item_id, lot_code);

-- name: AddStock
INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
SELECT $1, b.lot_id, b.location_id, b.quantity
FROM unnest($2::bigint[], $3::bigint[], $4::numeric[]) AS b (lot_id, location_id, quantity)
ON CONFLICT (tenant_id, lot_id, location_id) DO UPDATE SET on_hand = balance.on_hand + excluded.on_hand;

-- name: TakeStock
UPDATE balance SET on_hand = balance.on_hand - b.quantity
FROM unnest($2::bigint[], $3::bigint[], $4::numeric[]) AS b (lot_id, location_id, quantity)
WHERE balance.tenant_id = $1 AND balance.lot_id = b.lot_id AND balance.location_id = b.location_id AND balance.on_hand >= b.quantity;

-- name: Movements
INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id,
                      run_id, receipt_line_id, shipment_line_id, entered_quantity, entered_unit, occurred_at)
SELECT $1, m.movement_id, $2, $3, m.lot_id, m.quantity, m.from_location_id, m.to_location_id,
       $4, nullif(m.receipt_line_id, 0), nullif(m.shipment_line_id, 0), m.quantity, 'KGM', $5
FROM unnest($6::bigint[], $7::bigint[], $8::numeric[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
    AS m (movement_id, lot_id, quantity, from_location_id, to_location_id, receipt_line_id, shipment_line_id);

-- name: Rotation
INSERT INTO rotation (tenant_id, movement_id, in_rotation, reason)
SELECT $1, m.movement_id, true, ''
FROM unnest($2::bigint[]) AS m (movement_id);

-- name: Receipt
INSERT INTO receipt (tenant_id, receipt_id, code, purchase_order_id, received_at, document_references)
VALUES ($1, $2, $3, $4, $5, '[]');

-- name: ReceiptLines
INSERT INTO receipt_line (tenant_id, receipt_line_id, receipt_id, line_number, purchase_order_id, order_line_number, added_to_existing)
SELECT $1, l.receipt_line_id, $2, l.line_number, $3, l.line_number, false
FROM unnest($4::bigint[], $5::integer[]) AS l (receipt_line_id, line_number);

-- name: ReceiptVariances
INSERT INTO receipt_variance (tenant_id, receipt_id, order_line_number, ordered_quantity, received_quantity)
SELECT $1, $2, v.line_number, 1000, v.quantity
FROM unnest($3::integer[], $4::numeric[]) AS v (line_number, quantity);

-- name: Run
INSERT INTO run (tenant_id, run_id, production_order_id, code, started_at) VALUES ($1, $2, $3, $4, $5);

-- name: LockRun
SELECT run_id FROM run WHERE tenant_id = $1 AND run_id = $2 FOR NO KEY UPDATE;

-- name: FinishRun
UPDATE run SET finished_at = $3 WHERE tenant_id = $1 AND run_id = $2;

-- name: Shipment
INSERT INTO shipment (tenant_id, shipment_id, code, sales_order_id, customer_id, carrier_id, shipped_at, delivery_date, document_references)
VALUES ($1, $2, $3, $4, $5, NULL, $6, NULL, '[]');

-- name: ShipmentLines
INSERT INTO shipment_line (tenant_id, shipment_line_id, shipment_id, line_number, sales_order_id, order_line_number)
SELECT $1, l.shipment_line_id, $2, l.line_number, $3, l.line_number
FROM unnest($4::bigint[], $5::integer[]) AS l (shipment_line_id, line_number);

-- name: Transfer
INSERT INTO transfer (tenant_id, operation_id, purpose, document_references) VALUES ($1, $2, 'pick', '[]');
