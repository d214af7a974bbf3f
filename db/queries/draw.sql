-- name: LotListDrawable :many
-- The inferred lots that untracked items would be drawn from, for each item and
-- location the oldest first. Read without a lock: whoever draws locks them and
-- looks again. Meanwhile others draw from the same lots, and so there are some to
-- spare: a lot is among them unless those before it, but for the last 20, hold
-- eight times what is needed, of what is not reserved.
SELECT k.item_id::bigint AS item_id, k.location_id::bigint AS location_id, c.lot_id
FROM unnest(@item_ids::bigint[], @location_ids::bigint[], @needed::numeric[], @days::date[])
    AS k (item_id, location_id, needed, day)
CROSS JOIN LATERAL (
    SELECT drawable.lot_id, drawable.place
    FROM (
        SELECT lot.lot_id,
               row_number() OVER oldest_first AS place,
               sum(balance.on_hand - CASE WHEN @usable_only::boolean AND lot.reserved_until > now() THEN (
                   SELECT coalesce(sum(r.quantity), 0)
                   FROM reservation AS r
                   WHERE r.tenant_id = @tenant_id AND r.lot_id = lot.lot_id AND r.quantity > 0 AND r.expires_at > now() AND r.location_id = k.location_id) ELSE 0 END) OVER (oldest_first ROWS BETWEEN UNBOUNDED PRECEDING AND 21 PRECEDING) AS before
        FROM balance
        JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = balance.lot_id
        JOIN operation ON operation.tenant_id = @tenant_id AND operation.operation_id = lot.created_operation_id
        WHERE balance.tenant_id = @tenant_id AND balance.location_id = k.location_id AND balance.on_hand > 0
          AND lot.item_id = k.item_id AND lot.inferred
          AND (NOT @usable_only::boolean OR ((lot.hold_count = 0 OR NOT EXISTS (
                  SELECT FROM hold
                  WHERE hold.tenant_id = @tenant_id AND hold.lot_id = lot.lot_id AND hold.released_operation_id IS NULL
                    AND (hold.location_id IS NULL OR hold.location_id = k.location_id)))
              AND (lot.expiry_date IS NULL OR lot.expiry_date >= k.day)))
          AND (NOT @shippable_only::boolean OR lot.removal_date IS NULL OR lot.removal_date >= k.day)
        WINDOW oldest_first AS (ORDER BY operation.occurred_at, operation.recorded_at, lot.lot_id)
    ) AS drawable
    WHERE coalesce(drawable.before, 0) < 8 * k.needed
    ORDER BY drawable.place
    LIMIT @row_limit
) AS c
ORDER BY k.item_id, k.location_id, c.place;
