-- The statements of ledger.Post, in the order in which it sends them.

-- name: LotLock :many
-- Locks are taken in the order of lot_id: the sort is below the lock.
SELECT lot.lot_id, lot.item_id, item.sku, item.base_unit, item.weight_unit, lot.lot_code, lot.inferred, lot.supplier_id,
       lot.supplier_lot_code, lot.run_id, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count,
       lot.reserved_until, lot.reservation_count
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[])
ORDER BY lot.lot_id
FOR NO KEY UPDATE OF lot;

-- name: HoldListOfLots :many
SELECT lot_id, number, reason, recall_id, location_id, reason_code, until
FROM hold
WHERE tenant_id = @tenant_id AND lot_id = ANY (@lot_ids::bigint[]) AND released_operation_id IS NULL
ORDER BY lot_id, number;

-- name: BalanceListOfLots :many
-- With the time, in a row of its own if there is no stock.
SELECT clock_timestamp()::timestamptz AS locked_at, balance.lot_id, balance.location_id, balance.on_hand, balance.weight
FROM (VALUES (1)) AS clock
LEFT JOIN balance ON balance.tenant_id = @tenant_id AND balance.on_hand > 0 AND balance.lot_id = ANY (@lot_ids::bigint[])
ORDER BY balance.lot_id, balance.location_id;

-- name: LotLockByKey :many
-- LotLock, and the columns of it, for lots by their whole keys.
SELECT lot.lot_id, lot.item_id, item.sku, item.base_unit, item.weight_unit, lot.lot_code, lot.inferred, lot.supplier_id,
       lot.supplier_lot_code, lot.run_id, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date, lot.hold_count,
       lot.reserved_until, lot.reservation_count
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (ARRAY(
    SELECT found.lot_id
    FROM unnest(@skus::text[], @lot_codes::text[]) AS k (sku, lot_code)
    JOIN item AS of_key ON of_key.tenant_id = @tenant_id AND of_key.sku = k.sku
    CROSS JOIN LATERAL (
        SELECT by_key.lot_id
        FROM lot AS by_key
        WHERE by_key.tenant_id = @tenant_id AND by_key.item_id = of_key.item_id AND by_key.lot_code = k.lot_code
        LIMIT 1
    ) AS found))
ORDER BY lot.lot_id
FOR NO KEY UPDATE OF lot;

-- name: BalanceListByKey :many
-- BalanceListOfLots for lots by their whole keys.
SELECT clock_timestamp()::timestamptz AS locked_at, balance.lot_id, balance.location_id, balance.on_hand, balance.weight
FROM (VALUES (1)) AS clock
LEFT JOIN balance ON balance.tenant_id = @tenant_id AND balance.on_hand > 0 AND balance.lot_id = ANY (ARRAY(
    SELECT found.lot_id
    FROM unnest(@skus::text[], @lot_codes::text[]) AS k (sku, lot_code)
    JOIN item ON item.tenant_id = @tenant_id AND item.sku = k.sku
    CROSS JOIN LATERAL (
        SELECT lot.lot_id
        FROM lot
        WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id AND lot.lot_code = k.lot_code
        LIMIT 1
    ) AS found))
ORDER BY balance.lot_id, balance.location_id;

-- name: OperationInsert :one
-- With its place in the queue to the log.
WITH recorded AS (
    INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, recorded_at, principal, request_id, reason, receipt_id, run_id, shipment_id, recall_id, reverses_operation_id)
    VALUES (@tenant_id, @operation_id, @kind, @occurred_at, coalesce(sqlc.narg('recorded_at')::timestamptz, clock_timestamp()), @principal, @request_id, @reason,
            sqlc.narg('receipt_id'), sqlc.narg('run_id'), sqlc.narg('shipment_id'), sqlc.narg('recall_id'), sqlc.narg('reverses_operation_id'))
    RETURNING operation_id, recorded_at
)
INSERT INTO unlogged (tenant_id, operation_id, recorded_at)
SELECT @tenant_id, operation_id, recorded_at FROM recorded
RETURNING recorded_at;

-- name: LotInsert :exec
-- received_at is the operation's occurred_at, looked up once.
INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, run_id, production_date, best_before_date, expiry_date, removal_date, created_operation_id, received_at)
SELECT @tenant_id, l.lot_id, l.item_id, l.lot_code, l.inferred, l.supplier_id, l.supplier_lot_code, l.run_id, l.production_date, l.best_before_date, l.expiry_date, l.removal_date, @created_operation_id,
       (SELECT operation.occurred_at FROM operation WHERE operation.tenant_id = @tenant_id AND operation.operation_id = @created_operation_id)
FROM unnest(@lot_ids::bigint[], @item_ids::bigint[], @lot_codes::text[], @inferred::boolean[], @supplier_ids::bigint[],
            @supplier_lot_codes::text[], @run_ids::bigint[], @production_dates::date[], @best_before_dates::date[],
            @expiry_dates::date[], @removal_dates::date[])
    AS l (lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, run_id, production_date, best_before_date, expiry_date, removal_date);

-- name: BalanceAdd :exec
-- Weights of 0, or no array of them, are none.
INSERT INTO balance (tenant_id, lot_id, location_id, on_hand, weight)
SELECT @tenant_id, lot_id, location_id, quantity, nullif(b.weight, 0)
FROM unnest(@lot_ids::bigint[], @location_ids::bigint[], @quantities::numeric[], @weights::numeric[]) AS b (lot_id, location_id, quantity, weight)
ON CONFLICT (tenant_id, lot_id, location_id) DO UPDATE SET on_hand = balance.on_hand + excluded.on_hand, weight = balance.weight + excluded.weight;

-- name: BalanceTake :exec
-- What would go below zero, or is not there, is not updated, and then the count
-- is wrong and the statement fails: division_by_zero. Nobody else is at these rows,
-- for the lots are locked. What is weighed has a weight, and what is not has none: null
-- less anything is null.
WITH taken AS (
    UPDATE balance
    SET on_hand = balance.on_hand - b.quantity, weight = balance.weight - coalesce(b.weight, 0)
    FROM unnest(@lot_ids::bigint[], @location_ids::bigint[], @quantities::numeric[], @weights::numeric[]) AS b (lot_id, location_id, quantity, weight)
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = b.lot_id AND balance.location_id = b.location_id
      AND balance.on_hand >= b.quantity
    RETURNING balance.lot_id
)
SELECT 1 / (count(*) = @wanted::bigint)::integer FROM taken;

-- name: MovementInsert :exec
-- recorded_at is the operation's, looked up once. Weights of 0, or no array of them, are
-- none.
INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id,
                      run_id, receipt_line_id, shipment_line_id, entered_quantity, entered_unit, occurred_at, reverses_movement_id, recorded_at, weight)
SELECT @tenant_id, m.movement_id, @operation_id, m.kind, m.lot_id, m.quantity, m.from_location_id, m.to_location_id,
       sqlc.narg('run_id'), nullif(m.receipt_line_id, 0), nullif(m.shipment_line_id, 0), m.entered_quantity, m.entered_unit, @occurred_at, nullif(m.reverses_movement_id, 0),
       (SELECT operation.recorded_at FROM operation WHERE operation.tenant_id = @tenant_id AND operation.operation_id = @operation_id), nullif(m.weight, 0)
FROM unnest(@movement_ids::bigint[], @kinds::text[], @lot_ids::bigint[], @quantities::numeric[], @from_location_ids::bigint[],
            @to_location_ids::bigint[], @receipt_line_ids::bigint[], @shipment_line_ids::bigint[],
            @entered_quantities::numeric[], @entered_units::text[], @reverses_movement_ids::bigint[], @weights::numeric[])
    AS m (movement_id, kind, lot_id, quantity, from_location_id, to_location_id, receipt_line_id, shipment_line_id, entered_quantity, entered_unit, reverses_movement_id, weight);

-- name: OutputShareInsert :exec
-- What outputs state, of the movements that were just inserted; and that the run has such.
WITH stated AS (
    INSERT INTO output_share (tenant_id, run_id, movement_id, operation_id, lot_id, share)
    SELECT @tenant_id, @run_id, s.movement_id, @operation_id, s.lot_id, s.share
    FROM unnest(@movement_ids::bigint[], @lot_ids::bigint[], @shares::numeric[]) AS s (movement_id, lot_id, share)
)
UPDATE run
SET has_shares = true
WHERE run.tenant_id = @tenant_id AND run.run_id = @run_id AND NOT run.has_shares;

-- name: LocationCheck :exec
-- Fails (division_by_zero) if there are sites, or inactive ones, among the locations
-- that stock was just brought to. To be asked after the movements are written: from
-- then on their foreign keys keep the catalog from making sites of these and from
-- deactivating them, and what it did before is seen.
SELECT 1 / (count(*) = 0)::integer
FROM location
WHERE tenant_id = @tenant_id AND location_id = ANY (@location_ids::bigint[]) AND (kind = 'site' OR NOT active);

-- name: LotChangeHoldCount :exec
UPDATE lot
SET hold_count = lot.hold_count + c.change
FROM unnest(@lot_ids::bigint[], @changes::integer[]) AS c (lot_id, change)
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = c.lot_id;

-- name: LotChangeStocked :exec
UPDATE lot
SET stocked = c.stocked
FROM unnest(@lot_ids::bigint[], @stockeds::boolean[]) AS c (lot_id, stocked)
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = c.lot_id;

-- name: HoldInsert :many
-- place counts the holds of this operation on the same lot.
INSERT INTO hold (tenant_id, lot_id, number, placed_operation_id, reason, recall_id, location_id, reason_code, until)
SELECT @tenant_id, h.lot_id,
       h.place + coalesce((SELECT max(earlier.number) FROM hold AS earlier
                           WHERE earlier.tenant_id = @tenant_id AND earlier.lot_id = h.lot_id), 0),
       @placed_operation_id, h.reason, nullif(h.recall_id, 0), nullif(h.location_id, 0), h.reason_code, h.until
FROM unnest(@lot_ids::bigint[], @places::integer[], @reasons::text[], @recall_ids::bigint[], @location_ids::bigint[], @reason_codes::text[], @untils::timestamptz[])
    AS h (lot_id, place, reason, recall_id, location_id, reason_code, until)
RETURNING lot_id, number;

-- name: HoldRelease :execrows
UPDATE hold
SET released_operation_id = @released_operation_id
FROM unnest(@lot_ids::bigint[], @numbers::integer[]) AS r (lot_id, number)
WHERE hold.tenant_id = @tenant_id AND hold.lot_id = r.lot_id AND hold.number = r.number AND hold.released_operation_id IS NULL;
