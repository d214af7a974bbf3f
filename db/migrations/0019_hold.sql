-- +goose Up

-- A hold on all of a lot, or on what is of it at one location. Why: a code from a list
-- (ledger.HoldCode) and a note, which is reason. until is when it is to be decided; the
-- hold stands until it is released.
--
-- lot.hold_count counts both: where it is above zero, the holds tell.
ALTER TABLE hold
    ADD COLUMN location_id bigint,
    ADD COLUMN reason_code text NOT NULL DEFAULT '',
    ADD COLUMN until timestamptz,
    ADD CONSTRAINT hold_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id),
    ADD CONSTRAINT hold_recall_location_check CHECK (recall_id IS NULL OR location_id IS NULL);

-- From a supplier's lot to lots.
CREATE INDEX lot_supplier_idx ON lot (tenant_id, supplier_id, supplier_lot_code) WHERE supplier_id IS NOT NULL;
