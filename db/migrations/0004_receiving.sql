-- +goose Up

-- content is the order as pushed (proto JSON) with all that no rule reads.
CREATE TABLE purchase_order (
    tenant_id         bigint  NOT NULL,
    purchase_order_id bigint  NOT NULL,
    code              text    NOT NULL,
    supplier_id       bigint  NOT NULL,
    content           jsonb   NOT NULL,
    revision          integer NOT NULL,
    CONSTRAINT purchase_order_pkey PRIMARY KEY (tenant_id, purchase_order_id),
    CONSTRAINT purchase_order_supplier_fkey FOREIGN KEY (tenant_id, supplier_id) REFERENCES party (tenant_id, party_id),
    CONSTRAINT purchase_order_code_key UNIQUE (tenant_id, code)
);

-- quantity is in the item's base unit.
CREATE TABLE purchase_order_line (
    tenant_id         bigint         NOT NULL,
    purchase_order_id bigint         NOT NULL,
    line_number       integer        NOT NULL,
    item_id           bigint         NOT NULL,
    quantity          numeric(38, 9) NOT NULL,
    CONSTRAINT purchase_order_line_pkey PRIMARY KEY (tenant_id, purchase_order_id, line_number),
    CONSTRAINT purchase_order_line_order_fkey FOREIGN KEY (tenant_id, purchase_order_id) REFERENCES purchase_order (tenant_id, purchase_order_id),
    CONSTRAINT purchase_order_line_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT purchase_order_line_quantity_check CHECK (quantity > 0)
);

CREATE TABLE receipt (
    tenant_id         bigint      NOT NULL,
    receipt_id        bigint      NOT NULL,
    code              text        NOT NULL,
    purchase_order_id bigint      NOT NULL,
    received_at       timestamptz NOT NULL,
    document_references jsonb     NOT NULL,
    CONSTRAINT receipt_pkey PRIMARY KEY (tenant_id, receipt_id),
    CONSTRAINT receipt_order_fkey FOREIGN KEY (tenant_id, purchase_order_id) REFERENCES purchase_order (tenant_id, purchase_order_id),
    CONSTRAINT receipt_code_key UNIQUE (tenant_id, code)
);
CREATE INDEX receipt_order_idx ON receipt (tenant_id, purchase_order_id);

-- What arrived against an order line. Lot, location and quantity are in the
-- line's one movement and nowhere else, so that they cannot disagree.
CREATE TABLE receipt_line (
    tenant_id           bigint  NOT NULL,
    receipt_line_id     bigint  NOT NULL,
    receipt_id          bigint  NOT NULL,
    line_number         integer NOT NULL,
    purchase_order_id   bigint  NOT NULL,
    order_line_number   integer NOT NULL,
    unit_cost           numeric(38, 9),
    cost_currency       text,
    cost_unit           text,
    temperature_celsius numeric(6, 2),
    added_to_existing   boolean NOT NULL,
    CONSTRAINT receipt_line_pkey PRIMARY KEY (tenant_id, receipt_line_id),
    CONSTRAINT receipt_line_receipt_fkey FOREIGN KEY (tenant_id, receipt_id) REFERENCES receipt (tenant_id, receipt_id),
    CONSTRAINT receipt_line_order_line_fkey FOREIGN KEY (tenant_id, purchase_order_id, order_line_number) REFERENCES purchase_order_line (tenant_id, purchase_order_id, line_number),
    CONSTRAINT receipt_line_number_key UNIQUE (tenant_id, receipt_id, line_number),
    CONSTRAINT receipt_line_cost_check CHECK ((unit_cost IS NULL) = (cost_currency IS NULL) AND (unit_cost IS NULL) = (cost_unit IS NULL))
);
CREATE INDEX receipt_line_order_idx ON receipt_line (tenant_id, purchase_order_id, order_line_number);

-- Ordered against received as it stood when the receipt was recorded, for each
-- order line that it touched.
CREATE TABLE receipt_variance (
    tenant_id         bigint         NOT NULL,
    receipt_id        bigint         NOT NULL,
    order_line_number integer        NOT NULL,
    ordered_quantity  numeric(38, 9) NOT NULL,
    received_quantity numeric(38, 9) NOT NULL,
    CONSTRAINT receipt_variance_pkey PRIMARY KEY (tenant_id, receipt_id, order_line_number),
    CONSTRAINT receipt_variance_receipt_fkey FOREIGN KEY (tenant_id, receipt_id) REFERENCES receipt (tenant_id, receipt_id)
);
