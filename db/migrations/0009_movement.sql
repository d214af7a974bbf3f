-- +goose Up

-- A quantity of a lot from one location to another: the only way in which a
-- quantity changes, written by ledger.Post alone. Append-only (see 0010_role.sql).
-- Movements into and out of a run are the genealogy.
--
-- quantity is in the item's base unit.
CREATE TABLE movement (
    tenant_id        bigint         NOT NULL,
    movement_id      bigint         NOT NULL,
    operation_id     bigint         NOT NULL,
    kind             text           NOT NULL,
    lot_id           bigint         NOT NULL,
    quantity         numeric(38, 9) NOT NULL,
    from_location_id bigint         NOT NULL,
    to_location_id   bigint         NOT NULL,
    run_id           bigint,
    receipt_line_id  bigint,
    shipment_line_id bigint,
    entered_quantity numeric(38, 9) NOT NULL,
    entered_unit     text           NOT NULL,
    occurred_at      timestamptz    NOT NULL,
    CONSTRAINT movement_pkey PRIMARY KEY (tenant_id, movement_id),
    CONSTRAINT movement_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT movement_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT movement_from_location_fkey FOREIGN KEY (tenant_id, from_location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT movement_to_location_fkey FOREIGN KEY (tenant_id, to_location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT movement_run_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, run_id),
    CONSTRAINT movement_receipt_line_fkey FOREIGN KEY (tenant_id, receipt_line_id) REFERENCES receipt_line (tenant_id, receipt_line_id),
    CONSTRAINT movement_shipment_line_fkey FOREIGN KEY (tenant_id, shipment_line_id) REFERENCES shipment_line (tenant_id, shipment_line_id),
    CONSTRAINT movement_quantity_check CHECK (quantity > 0),
    CONSTRAINT movement_locations_check CHECK (from_location_id <> to_location_id),
    CONSTRAINT movement_kind_check CHECK (kind IN ('receipt', 'transfer', 'consumption', 'output', 'shipment')),
    CONSTRAINT movement_run_check CHECK ((kind IN ('consumption', 'output')) = (run_id IS NOT NULL)),
    CONSTRAINT movement_receipt_check CHECK ((kind = 'receipt') = (receipt_line_id IS NOT NULL)),
    CONSTRAINT movement_shipment_check CHECK ((kind = 'shipment') = (shipment_line_id IS NOT NULL))
);

CREATE INDEX movement_lot_idx ON movement (tenant_id, lot_id, operation_id);

-- The walk reads edges from these alone, two each way.
CREATE INDEX movement_consumption_lot_idx ON movement (tenant_id, lot_id, run_id) INCLUDE (quantity, occurred_at) WHERE kind = 'consumption';
CREATE INDEX movement_consumption_run_idx ON movement (tenant_id, run_id, lot_id) INCLUDE (quantity, occurred_at) WHERE kind = 'consumption';
CREATE INDEX movement_output_lot_idx ON movement (tenant_id, lot_id, run_id) INCLUDE (quantity, occurred_at) WHERE kind = 'output';
CREATE INDEX movement_output_run_idx ON movement (tenant_id, run_id, lot_id) INCLUDE (quantity, occurred_at) WHERE kind = 'output';
-- And the endpoints from these.
CREATE INDEX movement_receipt_lot_idx ON movement (tenant_id, lot_id) INCLUDE (receipt_line_id, quantity) WHERE kind = 'receipt';
CREATE INDEX movement_shipment_lot_idx ON movement (tenant_id, lot_id) INCLUDE (shipment_line_id, quantity) WHERE kind = 'shipment';

-- From a document's lines to what they moved. A receipt line has one movement.
CREATE UNIQUE INDEX movement_receipt_line_key ON movement (tenant_id, receipt_line_id) WHERE receipt_line_id IS NOT NULL;
CREATE INDEX movement_shipment_line_idx ON movement (tenant_id, shipment_line_id) WHERE shipment_line_id IS NOT NULL;

-- balance(lot, location) = sum of movements in less sum of movements out, at
-- real locations. Never below zero.
CREATE TABLE balance (
    tenant_id   bigint         NOT NULL,
    lot_id      bigint         NOT NULL,
    location_id bigint         NOT NULL,
    on_hand     numeric(38, 9) NOT NULL,
    CONSTRAINT balance_pkey PRIMARY KEY (tenant_id, lot_id, location_id),
    CONSTRAINT balance_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT balance_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT balance_on_hand_check CHECK (on_hand >= 0)
) WITH (fillfactor = 80);
-- Only what is there: all that ever came in passed the dock, and its emptied
-- balances stay. An update of a balance costs a little more for it, a look at the
-- dock no longer grows with the years.
CREATE INDEX balance_stock_idx ON balance (tenant_id, location_id, lot_id) WHERE on_hand > 0;
