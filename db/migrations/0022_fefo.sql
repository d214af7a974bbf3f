-- +goose Up

-- What the order first-expired-first-out is read from: lots of an item that there is
-- something of, the last day first, then when the first of them was received or made.
--
-- rotation_day is the last day, or the last of all days where a lot has none.
-- received_at is when the operation happened that brought the lot into being.
-- stocked is false only where nothing of the lot is at any real location: whoever
-- posts has the lot locked, and says so when the last of it goes. So what an item has
-- used up in the course of years is not in the index, and a posting writes to it only
-- when a lot comes into being and when it is used up.
ALTER TABLE lot
    ADD COLUMN rotation_day date NOT NULL GENERATED ALWAYS AS (coalesce(expiry_date, best_before_date, DATE '9999-12-31')) STORED,
    ADD COLUMN received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN stocked boolean NOT NULL DEFAULT true;
UPDATE lot
SET received_at = operation.occurred_at,
    stocked = EXISTS (SELECT FROM balance WHERE balance.tenant_id = lot.tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand > 0)
FROM operation
WHERE operation.tenant_id = lot.tenant_id AND operation.operation_id = lot.created_operation_id;
CREATE INDEX lot_rotation_idx ON lot (tenant_id, item_id, rotation_day, received_at, lot_code) WHERE stocked;

-- Whether a location lies in another is asked of one row.
DROP INDEX location_within_location_idx;
CREATE INDEX location_within_location_idx ON location_within (tenant_id, location_id, outer_id);

-- Whether consumptions and shipments were in rotation: whether a lot with an earlier
-- last day could have been taken at the same site. One for each movement that was
-- judged. reason is the one given for taking it all the same. Append-only.
CREATE TABLE rotation (
    tenant_id   bigint  NOT NULL,
    movement_id bigint  NOT NULL,
    in_rotation boolean NOT NULL,
    reason      text    NOT NULL,
    CONSTRAINT rotation_pkey PRIMARY KEY (tenant_id, movement_id),
    CONSTRAINT rotation_movement_fkey FOREIGN KEY (tenant_id, movement_id) REFERENCES movement (tenant_id, movement_id)
);

-- The first of the lots that were passed over, where they were and how much was left
-- to take.
CREATE TABLE rotation_passed (
    tenant_id   bigint         NOT NULL,
    movement_id bigint         NOT NULL,
    place       integer        NOT NULL,
    lot_id      bigint         NOT NULL,
    location_id bigint         NOT NULL,
    last_day    date           NOT NULL,
    quantity    numeric(38, 9) NOT NULL,
    CONSTRAINT rotation_passed_pkey PRIMARY KEY (tenant_id, movement_id, place),
    CONSTRAINT rotation_passed_rotation_fkey FOREIGN KEY (tenant_id, movement_id) REFERENCES rotation (tenant_id, movement_id),
    CONSTRAINT rotation_passed_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT rotation_passed_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT rotation_passed_quantity_check CHECK (quantity > 0)
);

GRANT SELECT, INSERT ON rotation, rotation_passed TO lottrail_service;
