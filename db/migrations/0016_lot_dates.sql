-- +goose Up

-- Dates of a lot. expiry_date (GS1 AI 17) is the last day on which it may be used,
-- best_before_date (AI 15) the last on which it is as good as promised, removal_date
-- the last on which it may be shipped. Its last day is the expiry date, else the
-- best-before date.
ALTER TABLE lot
    ADD COLUMN best_before_date date,
    ADD COLUMN removal_date date,
    DROP CONSTRAINT lot_dates_check,
    ADD CONSTRAINT lot_dates_check CHECK (expiry_date >= production_date AND best_before_date >= production_date AND removal_date >= production_date
        AND expiry_date >= best_before_date AND coalesce(expiry_date, best_before_date) >= removal_date);

-- Every change of a lot's dates, counted from 1 for each lot: what they were and what
-- they became. Append-only.
CREATE TABLE lot_date_change (
    tenant_id            bigint  NOT NULL,
    lot_id               bigint  NOT NULL,
    number               integer NOT NULL,
    operation_id         bigint  NOT NULL,
    old_production_date  date,
    old_best_before_date date,
    old_expiry_date      date,
    old_removal_date     date,
    new_production_date  date,
    new_best_before_date date,
    new_expiry_date      date,
    new_removal_date     date,
    retest_reference     text    NOT NULL,
    CONSTRAINT lot_date_change_pkey PRIMARY KEY (tenant_id, lot_id, number),
    CONSTRAINT lot_date_change_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT lot_date_change_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id)
);
CREATE INDEX lot_date_change_operation_idx ON lot_date_change (tenant_id, operation_id, lot_id, number);

-- What the service did by itself about a lot that came near its last day (alert) or
-- went past it (hold), once for each last day that it has had: round counts the
-- changes of it. Append-only.
CREATE TABLE lot_expiry (
    tenant_id    bigint  NOT NULL,
    lot_id       bigint  NOT NULL,
    kind         text    NOT NULL,
    round        integer NOT NULL,
    last_day     date    NOT NULL,
    operation_id bigint  NOT NULL,
    CONSTRAINT lot_expiry_pkey PRIMARY KEY (tenant_id, lot_id, kind, round),
    CONSTRAINT lot_expiry_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT lot_expiry_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT lot_expiry_kind_check CHECK (kind IN ('alert', 'hold'))
);
CREATE INDEX lot_expiry_operation_idx ON lot_expiry (tenant_id, operation_id, lot_id);

ALTER TABLE operation
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind IN ('receipt', 'transfer', 'run_start', 'consumption', 'output', 'run_finish', 'shipment', 'adjustment', 'scrap', 'hold', 'release',
        'recall_open', 'recall_activation', 'recall_keep', 'recall_close', 'reversal', 'date_change', 'expiry_alert'));

GRANT SELECT, INSERT ON lot_date_change, lot_expiry TO lottrail_service;
