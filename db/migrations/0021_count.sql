-- +goose Up

-- A cycle count: of a location and everything under it, of items, or of items there.
-- Its code names it. Readings that are further off than the tolerance have to be
-- confirmed by another; none has if it is not set.
CREATE TABLE stock_count (
    tenant_id         bigint      NOT NULL,
    count_id          bigint      NOT NULL,
    code              text        COLLATE "C" NOT NULL,
    location_id       bigint,
    blind             boolean     NOT NULL,
    tolerance_percent numeric(38, 9),
    note              text        NOT NULL,
    state             text        NOT NULL DEFAULT 'open',
    opened_by         text        NOT NULL,
    opened_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_by         text        NOT NULL DEFAULT '',
    closed_at         timestamptz,
    closing_reason    text        NOT NULL DEFAULT '',
    CONSTRAINT stock_count_pkey PRIMARY KEY (tenant_id, count_id),
    CONSTRAINT stock_count_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT stock_count_code_key UNIQUE (tenant_id, code),
    CONSTRAINT stock_count_state_check CHECK (state IN ('open', 'posted', 'cancelled') AND (state = 'open') = (closed_at IS NULL))
);

-- The items that a count is of; of all if it has none here.
CREATE TABLE stock_count_item (
    tenant_id bigint NOT NULL,
    count_id  bigint NOT NULL,
    item_id   bigint NOT NULL,
    CONSTRAINT stock_count_item_pkey PRIMARY KEY (tenant_id, count_id, item_id),
    CONSTRAINT stock_count_item_count_fkey FOREIGN KEY (tenant_id, count_id) REFERENCES stock_count (tenant_id, count_id),
    CONSTRAINT stock_count_item_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id)
);

-- What is to be counted, and what was counted beside it (not listed): a lot at a
-- location, or all of an untracked item there, without a lot code. The lot code is as
-- counted, and need not be one that is known.
CREATE TABLE stock_count_line (
    tenant_id   bigint  NOT NULL,
    count_id    bigint  NOT NULL,
    number      integer NOT NULL,
    location_id bigint  NOT NULL,
    item_id     bigint  NOT NULL,
    lot_code    text    COLLATE "C" NOT NULL,
    listed      boolean NOT NULL,
    state       text    NOT NULL DEFAULT 'open',
    left_out    text    NOT NULL DEFAULT '',
    CONSTRAINT stock_count_line_pkey PRIMARY KEY (tenant_id, count_id, number),
    CONSTRAINT stock_count_line_count_fkey FOREIGN KEY (tenant_id, count_id) REFERENCES stock_count (tenant_id, count_id),
    CONSTRAINT stock_count_line_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT stock_count_line_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT stock_count_line_key UNIQUE (tenant_id, count_id, location_id, item_id, lot_code),
    CONSTRAINT stock_count_line_state_check CHECK (state IN ('open', 'counted', 'recount', 'posted', 'left_out') AND (state = 'left_out') = (left_out <> ''))
);

-- What was counted, and what the records said at that moment, which is recorded_at;
-- both in the base unit. Append-only.
CREATE TABLE stock_count_reading (
    tenant_id        bigint         NOT NULL,
    count_id         bigint         NOT NULL,
    line_number      integer        NOT NULL,
    number           integer        NOT NULL,
    expected         numeric(38, 9) NOT NULL,
    counted          numeric(38, 9) NOT NULL,
    entered_quantity numeric(38, 9) NOT NULL,
    entered_unit     text           NOT NULL,
    counted_by       text           NOT NULL,
    principal        text           NOT NULL,
    recorded_at      timestamptz    NOT NULL,
    CONSTRAINT stock_count_reading_pkey PRIMARY KEY (tenant_id, count_id, line_number, number),
    CONSTRAINT stock_count_reading_line_fkey FOREIGN KEY (tenant_id, count_id, line_number) REFERENCES stock_count_line (tenant_id, count_id, number),
    CONSTRAINT stock_count_reading_counted_check CHECK (counted >= 0 AND expected >= 0)
);

-- The count whose variances an adjustment is.
ALTER TABLE adjustment
    ADD COLUMN count_id bigint,
    ADD CONSTRAINT adjustment_count_fkey FOREIGN KEY (tenant_id, count_id) REFERENCES stock_count (tenant_id, count_id);
CREATE UNIQUE INDEX adjustment_count_key ON adjustment (tenant_id, count_id) WHERE count_id IS NOT NULL;

GRANT SELECT, INSERT ON stock_count, stock_count_item, stock_count_line, stock_count_reading TO lottrail_service;
GRANT UPDATE ON stock_count, stock_count_line TO lottrail_service;
