-- +goose Up

CREATE TABLE production_order (
    tenant_id           bigint         NOT NULL,
    production_order_id bigint         NOT NULL,
    code                text           NOT NULL,
    item_id             bigint         NOT NULL,
    quantity            numeric(38, 9) NOT NULL,
    content             jsonb          NOT NULL,
    created_at          timestamptz    NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT production_order_pkey PRIMARY KEY (tenant_id, production_order_id),
    CONSTRAINT production_order_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT production_order_code_key UNIQUE (tenant_id, code),
    CONSTRAINT production_order_quantity_check CHECK (quantity > 0)
);

-- One execution of a production order: the transformation that ties input lots
-- to output lots. The edges are the movements that carry its run_id.
CREATE TABLE run (
    tenant_id           bigint      NOT NULL,
    run_id              bigint      NOT NULL,
    production_order_id bigint      NOT NULL,
    code                text        NOT NULL,
    started_at          timestamptz NOT NULL,
    finished_at         timestamptz,
    CONSTRAINT run_pkey PRIMARY KEY (tenant_id, run_id),
    CONSTRAINT run_order_fkey FOREIGN KEY (tenant_id, production_order_id) REFERENCES production_order (tenant_id, production_order_id),
    CONSTRAINT run_code_key UNIQUE (tenant_id, production_order_id, code),
    CONSTRAINT run_times_check CHECK (finished_at >= started_at)
);
