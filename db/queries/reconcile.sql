-- What the ledger's tables say of each other (package reconcile). Lots are taken in
-- batches by their keys; each query takes one batch, whole lots at a time.

-- name: ReconcileCountLot :one
-- All of the tenant, or those of an item.
SELECT count(*)
FROM lot
WHERE lot.tenant_id = @tenant_id AND (@item_id::bigint = 0 OR lot.item_id = @item_id);

-- name: ReconcileListLotID :many
SELECT lot.lot_id
FROM lot
WHERE lot.tenant_id = @tenant_id AND lot.lot_id > @after_lot_id
ORDER BY lot.lot_id
LIMIT @row_limit;

-- name: ReconcileListLotIDOfItem :many
SELECT lot.lot_id, lot.lot_code
FROM lot
WHERE lot.tenant_id = @tenant_id AND lot.item_id = @item_id AND lot.lot_code > @after_lot_code
ORDER BY lot.lot_code
LIMIT @row_limit;

-- name: ReconcileListLocation :many
-- A location and everything under it.
WITH RECURSIVE under AS (
    SELECT top.location_id
    FROM location AS top
    WHERE top.tenant_id = @tenant_id AND top.code = @location_code AND top.kind <> 'virtual'
    UNION
    SELECT location.location_id
    FROM under
    JOIN location ON location.tenant_id = @tenant_id AND location.parent_id = under.location_id
)
SELECT under.location_id FROM under;

-- name: ReconcileListBalance :many
-- Balances that are not what the movements make, at the given locations, or at all if
-- none are given; or, of_weight, the weights of both. A balance at a virtual location is
-- none that movements make.
SELECT part.lot_id, item.sku, lot.lot_code, (CASE WHEN @of_weight::boolean THEN item.weight_unit ELSE item.base_unit END)::text AS unit, location.code AS location_code,
       sum(part.on_hand)::numeric AS on_hand, sum(part.moved)::numeric AS moved
FROM (
    SELECT balance.lot_id, balance.location_id, CASE WHEN @of_weight THEN coalesce(balance.weight, 0) ELSE balance.on_hand END AS on_hand, 0::numeric AS moved
    FROM balance
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = ANY (@lot_ids::bigint[])
    UNION ALL
    SELECT movement.lot_id, side.location_id, 0::numeric, side.quantity
    FROM movement
    CROSS JOIN LATERAL (VALUES (CASE WHEN @of_weight THEN coalesce(movement.weight, 0) ELSE movement.quantity END)) AS moved (amount)
    CROSS JOIN LATERAL (VALUES (movement.to_location_id, moved.amount), (movement.from_location_id, -moved.amount)) AS side (location_id, quantity)
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids) AND side.location_id >= 1000
) AS part
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = part.lot_id
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = part.location_id
WHERE @everywhere::boolean OR part.location_id IN (SELECT unnest(@location_ids::bigint[]))
GROUP BY part.lot_id, item.sku, lot.lot_code, item.base_unit, item.weight_unit, location.code
HAVING sum(part.on_hand) <> sum(part.moved)
ORDER BY part.lot_id, location.code;

-- name: ReconcileListLot :many
-- What came of each lot, or, of_weight, of its weight, by the virtual location at the other end of its movements.
-- There the kind that the place is for has a term of its own, and all others share one:
-- so a kind that is added later falls in place, and a reversal, which has the kind of
-- what it takes back, takes it back. Only what moved to or from a world that is not
-- known here falls out, and is missed.
SELECT lot.lot_id, item.sku, lot.lot_code, item.base_unit, item.weight_unit, lot.hold_count,
       (SELECT count(*) FROM hold
        WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL)::integer AS active_holds,
       (@everywhere::boolean OR stock.here OR flow.here)::boolean AS here,
       stock.balances, flow.movements, stock.on_hand,
       flow.received, flow.returned_to_supplier, flow.produced, flow.in_process, flow.consumed,
       flow.shipped, flow.returned, flow.scrapped, flow.adjusted
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
CROSS JOIN LATERAL (
    SELECT count(*) AS balances, coalesce(sum(CASE WHEN @of_weight::boolean THEN balance.weight ELSE balance.on_hand END), 0)::numeric AS on_hand,
           coalesce(bool_or(balance.location_id IN (SELECT unnest(@location_ids::bigint[]))), false) AS here
    FROM balance
    WHERE balance.tenant_id = @tenant_id AND balance.lot_id = lot.lot_id
) AS stock
CROSS JOIN LATERAL (
    SELECT (count(*) / 2)::bigint AS movements,
           coalesce(-sum(side.quantity) FILTER (WHERE side.location_id = 1 AND movement.kind = 'receipt'), 0)::numeric AS received,
           coalesce(sum(side.quantity) FILTER (WHERE side.location_id = 1 AND movement.kind <> 'receipt'), 0)::numeric AS returned_to_supplier,
           coalesce(sum(side.quantity) FILTER (WHERE side.location_id = 2 AND movement.kind = 'shipment'), 0)::numeric AS shipped,
           coalesce(-sum(side.quantity) FILTER (WHERE side.location_id = 2 AND movement.kind <> 'shipment'), 0)::numeric AS returned,
           coalesce(sum(side.quantity) FILTER (WHERE side.location_id = 3 AND movement.kind = 'consumption' AND run.finished_at IS NULL), 0)::numeric AS in_process,
           coalesce(sum(side.quantity) FILTER (WHERE side.location_id = 3 AND movement.kind = 'consumption' AND run.finished_at IS NOT NULL), 0)::numeric AS consumed,
           coalesce(-sum(side.quantity) FILTER (WHERE side.location_id = 3 AND movement.kind <> 'consumption'), 0)::numeric AS produced,
           coalesce(sum(side.quantity) FILTER (WHERE side.location_id = 4), 0)::numeric AS scrapped,
           coalesce(-sum(side.quantity) FILTER (WHERE side.location_id = 5), 0)::numeric AS adjusted,
           coalesce(bool_or(side.location_id IN (SELECT unnest(@location_ids::bigint[]))), false) AS here
    FROM movement
    CROSS JOIN LATERAL (VALUES (CASE WHEN @of_weight THEN coalesce(movement.weight, 0) ELSE movement.quantity END)) AS moved (amount)
    CROSS JOIN LATERAL (VALUES (movement.to_location_id, moved.amount), (movement.from_location_id, -moved.amount)) AS side (location_id, quantity)
    LEFT JOIN run ON run.tenant_id = @tenant_id AND run.run_id = movement.run_id
    WHERE movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id
) AS flow
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[])
ORDER BY lot.lot_id;

-- name: ReconcileListReserved :many
-- Where more is reserved of lots than there is, at the given locations, or at all if none
-- are given.
SELECT kept.lot_id, location.code AS location_code, kept.reserved, coalesce(balance.on_hand, 0)::numeric AS on_hand
FROM (
    SELECT r.lot_id, r.location_id, sum(r.quantity)::numeric AS reserved
    FROM reservation AS r
    WHERE r.tenant_id = @tenant_id AND r.lot_id = ANY (@lot_ids::bigint[]) AND r.quantity > 0 AND r.expires_at > now()
    GROUP BY r.lot_id, r.location_id
) AS kept
JOIN location ON location.tenant_id = @tenant_id AND location.location_id = kept.location_id
LEFT JOIN balance ON balance.tenant_id = @tenant_id AND balance.lot_id = kept.lot_id AND balance.location_id = kept.location_id
WHERE kept.reserved > coalesce(balance.on_hand, 0) AND (@everywhere::boolean OR kept.location_id IN (SELECT unnest(@location_ids::bigint[])))
ORDER BY kept.lot_id, location.code;
