-- +goose Up

-- What of a lot at a location is kept for a line of a sales order until expires_at,
-- counted from 1 for each lot. quantity is what is left of it there, in the base unit:
-- shipping for that line uses it up, a move may take it along (and then it is at two
-- locations under its number), a release or stock that turns out to be missing cuts it
-- down. What has expired does not count any more, and nobody has to clean up.
--
-- The line of the order is no foreign key: an order may lose a line whose reservations
-- are past.
CREATE TABLE reservation (
    tenant_id         bigint         NOT NULL,
    lot_id            bigint         NOT NULL,
    number            integer        NOT NULL,
    location_id       bigint         NOT NULL,
    sales_order_id    bigint         NOT NULL,
    order_line_number integer        NOT NULL,
    quantity          numeric(38, 9) NOT NULL,
    expires_at        timestamptz    NOT NULL,
    operation_id      bigint         NOT NULL,
    CONSTRAINT reservation_pkey PRIMARY KEY (tenant_id, lot_id, number, location_id),
    CONSTRAINT reservation_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT reservation_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT reservation_order_fkey FOREIGN KEY (tenant_id, sales_order_id) REFERENCES sales_order (tenant_id, sales_order_id),
    CONSTRAINT reservation_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT reservation_quantity_check CHECK (quantity >= 0)
) WITH (fillfactor = 80);
-- What of a lot is reserved now: what expired before is not looked at.
CREATE INDEX reservation_live_idx ON reservation (tenant_id, lot_id, expires_at) WHERE quantity > 0;
-- Lists of them, in the order in which they expire.
CREATE INDEX reservation_expiry_idx ON reservation (tenant_id, expires_at, lot_id, number, location_id);
CREATE INDEX reservation_order_idx ON reservation (tenant_id, sales_order_id, expires_at, lot_id, number, location_id);
CREATE INDEX reservation_location_idx ON reservation (tenant_id, location_id, expires_at, lot_id, number);

-- How reservations became more and less, in the order of place within an operation:
-- their sum is what is left. Append-only.
CREATE TABLE reservation_change (
    tenant_id    bigint         NOT NULL,
    operation_id bigint         NOT NULL,
    place        integer        NOT NULL,
    lot_id       bigint         NOT NULL,
    number       integer        NOT NULL,
    location_id  bigint         NOT NULL,
    quantity     numeric(38, 9) NOT NULL,
    recorded_at  timestamptz    NOT NULL,
    CONSTRAINT reservation_change_pkey PRIMARY KEY (tenant_id, operation_id, place),
    CONSTRAINT reservation_change_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT reservation_change_reservation_fkey FOREIGN KEY (tenant_id, lot_id, number, location_id) REFERENCES reservation (tenant_id, lot_id, number, location_id),
    CONSTRAINT reservation_change_quantity_check CHECK (quantity <> 0)
);
CREATE INDEX reservation_change_lot_idx ON reservation_change (tenant_id, lot_id, recorded_at, operation_id, place);

-- reserved_until is when the last reservation of the lot expires of which something is
-- left, null if there is none: whoever posts has the lot locked, and reads reservations
-- only where it is to come. reservation_count is how many it has had.
ALTER TABLE lot
    ADD COLUMN reserved_until timestamptz,
    ADD COLUMN reservation_count integer NOT NULL DEFAULT 0;

ALTER TABLE operation
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind IN ('receipt', 'transfer', 'run_start', 'consumption', 'output', 'run_finish', 'shipment', 'adjustment', 'scrap', 'hold', 'release',
        'recall_open', 'recall_activation', 'recall_keep', 'recall_close', 'reversal', 'date_change', 'expiry_alert', 'reservation', 'reservation_release'));

GRANT SELECT, INSERT, UPDATE ON reservation TO lottrail_service;
GRANT SELECT, INSERT ON reservation_change TO lottrail_service;
