-- +goose Up

-- A lot is what (item, lot code) names. supplier_* stand for a lot that was
-- bought, run_id for one that was made here.
--
-- hold_count is the number of active holds: whoever consumes or ships has this
-- row locked and sees it.
CREATE TABLE lot (
    tenant_id            bigint  NOT NULL,
    lot_id               bigint  NOT NULL,
    item_id              bigint  NOT NULL,
    lot_code             text    COLLATE "C" NOT NULL,
    inferred             boolean NOT NULL,
    supplier_id          bigint,
    supplier_lot_code    text    NOT NULL,
    run_id               bigint,
    production_date      date,
    expiry_date          date,
    hold_count           integer NOT NULL DEFAULT 0,
    created_operation_id bigint  NOT NULL,
    CONSTRAINT lot_pkey PRIMARY KEY (tenant_id, lot_id),
    CONSTRAINT lot_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT lot_supplier_fkey FOREIGN KEY (tenant_id, supplier_id) REFERENCES party (tenant_id, party_id),
    CONSTRAINT lot_run_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, run_id),
    CONSTRAINT lot_created_operation_fkey FOREIGN KEY (tenant_id, created_operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT lot_code_key UNIQUE (tenant_id, item_id, lot_code),
    CONSTRAINT lot_origin_check CHECK ((supplier_id IS NULL) <> (run_id IS NULL)),
    CONSTRAINT lot_dates_check CHECK (expiry_date >= production_date),
    CONSTRAINT lot_hold_count_check CHECK (hold_count >= 0)
) WITH (fillfactor = 90);

CREATE TABLE hold (
    tenant_id             bigint  NOT NULL,
    lot_id                bigint  NOT NULL,
    number                integer NOT NULL,
    placed_operation_id   bigint  NOT NULL,
    released_operation_id bigint,
    CONSTRAINT hold_pkey PRIMARY KEY (tenant_id, lot_id, number),
    CONSTRAINT hold_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT hold_placed_operation_fkey FOREIGN KEY (tenant_id, placed_operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT hold_released_operation_fkey FOREIGN KEY (tenant_id, released_operation_id) REFERENCES operation (tenant_id, operation_id)
);
