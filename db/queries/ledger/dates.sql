-- Changes of lots' dates (internal/ledger/dates.go).

-- name: LotDateChangeInsert :many
-- To be sent before LotChangeDates, while the lots have their old dates.
INSERT INTO lot_date_change (tenant_id, lot_id, number, operation_id, old_production_date, old_best_before_date, old_expiry_date, old_removal_date,
                             new_production_date, new_best_before_date, new_expiry_date, new_removal_date, retest_reference)
SELECT @tenant_id, lot.lot_id,
       1 + coalesce((SELECT max(earlier.number) FROM lot_date_change AS earlier
                     WHERE earlier.tenant_id = @tenant_id AND earlier.lot_id = lot.lot_id), 0),
       @operation_id, lot.production_date, lot.best_before_date, lot.expiry_date, lot.removal_date,
       d.production_date, d.best_before_date, d.expiry_date, d.removal_date, d.retest_reference
FROM unnest(@lot_ids::bigint[], @production_dates::date[], @best_before_dates::date[], @expiry_dates::date[], @removal_dates::date[], @retest_references::text[])
    AS d (lot_id, production_date, best_before_date, expiry_date, removal_date, retest_reference)
JOIN lot ON lot.tenant_id = @tenant_id AND lot.lot_id = d.lot_id
RETURNING lot_id, number;

-- name: LotChangeDates :exec
UPDATE lot
SET production_date = d.production_date, best_before_date = d.best_before_date, expiry_date = d.expiry_date, removal_date = d.removal_date
FROM unnest(@lot_ids::bigint[], @production_dates::date[], @best_before_dates::date[], @expiry_dates::date[], @removal_dates::date[])
    AS d (lot_id, production_date, best_before_date, expiry_date, removal_date)
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = d.lot_id;
