-- +goose Up

-- content is the order as pushed (proto JSON) with all that no rule reads.
CREATE TABLE sales_order (
    tenant_id      bigint  NOT NULL,
    sales_order_id bigint  NOT NULL,
    code           text    NOT NULL,
    customer_id    bigint  NOT NULL,
    content        jsonb   NOT NULL,
    revision       integer NOT NULL,
    CONSTRAINT sales_order_pkey PRIMARY KEY (tenant_id, sales_order_id),
    CONSTRAINT sales_order_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, party_id),
    CONSTRAINT sales_order_code_key UNIQUE (tenant_id, code)
);

-- quantity is in the item's base unit.
CREATE TABLE sales_order_line (
    tenant_id      bigint         NOT NULL,
    sales_order_id bigint         NOT NULL,
    line_number    integer        NOT NULL,
    item_id        bigint         NOT NULL,
    quantity       numeric(38, 9) NOT NULL,
    CONSTRAINT sales_order_line_pkey PRIMARY KEY (tenant_id, sales_order_id, line_number),
    CONSTRAINT sales_order_line_order_fkey FOREIGN KEY (tenant_id, sales_order_id) REFERENCES sales_order (tenant_id, sales_order_id),
    CONSTRAINT sales_order_line_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT sales_order_line_quantity_check CHECK (quantity > 0)
);

CREATE TABLE shipment (
    tenant_id      bigint      NOT NULL,
    shipment_id    bigint      NOT NULL,
    code           text        NOT NULL,
    sales_order_id bigint,
    customer_id    bigint      NOT NULL,
    carrier_id     bigint,
    shipped_at     timestamptz NOT NULL,
    delivery_date  date,
    document_references jsonb  NOT NULL,
    CONSTRAINT shipment_pkey PRIMARY KEY (tenant_id, shipment_id),
    CONSTRAINT shipment_order_fkey FOREIGN KEY (tenant_id, sales_order_id) REFERENCES sales_order (tenant_id, sales_order_id),
    CONSTRAINT shipment_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, party_id),
    CONSTRAINT shipment_carrier_fkey FOREIGN KEY (tenant_id, carrier_id) REFERENCES party (tenant_id, party_id),
    CONSTRAINT shipment_code_key UNIQUE (tenant_id, code)
);
CREATE INDEX shipment_order_idx ON shipment (tenant_id, sales_order_id);

-- A line as the caller gave it. Lot, location and quantity are in its
-- movements, of which there are several where inferred lots were drawn.
CREATE TABLE shipment_line (
    tenant_id         bigint  NOT NULL,
    shipment_line_id  bigint  NOT NULL,
    shipment_id       bigint  NOT NULL,
    line_number       integer NOT NULL,
    sales_order_id    bigint,
    order_line_number integer,
    CONSTRAINT shipment_line_pkey PRIMARY KEY (tenant_id, shipment_line_id),
    CONSTRAINT shipment_line_shipment_fkey FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipment (tenant_id, shipment_id),
    CONSTRAINT shipment_line_order_line_fkey FOREIGN KEY (tenant_id, sales_order_id, order_line_number) REFERENCES sales_order_line (tenant_id, sales_order_id, line_number),
    CONSTRAINT shipment_line_number_key UNIQUE (tenant_id, shipment_id, line_number)
);
CREATE INDEX shipment_line_order_idx ON shipment_line (tenant_id, sales_order_id, order_line_number);
