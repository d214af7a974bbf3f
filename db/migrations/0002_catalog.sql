-- +goose Up

-- Keys collate as "C", so that lists are in the same order whatever the locale
-- of the database is, and Go sorts as SQL does.

CREATE TABLE item (
    tenant_id       bigint   NOT NULL,
    item_id         bigint   NOT NULL,
    sku             text     COLLATE "C" NOT NULL,
    name            text     NOT NULL,
    category        text     NOT NULL,
    base_unit       text     NOT NULL,
    decimals        smallint NOT NULL,
    tracking        text     NOT NULL,
    expiry_tracked  boolean  NOT NULL,
    shelf_life_days integer  NOT NULL,
    fefo            boolean  NOT NULL,
    warning_days    integer  NOT NULL,
    revision        integer  NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (tenant_id, item_id),
    CONSTRAINT item_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT item_sku_key UNIQUE (tenant_id, sku),
    CONSTRAINT item_decimals_check CHECK (decimals BETWEEN 0 AND 9),
    CONSTRAINT item_tracking_check CHECK (tracking IN ('none', 'lot', 'serial'))
);

-- One unit is numerator/denominator base units, exactly. The base unit itself
-- has no row.
CREATE TABLE item_unit (
    tenant_id   bigint  NOT NULL,
    item_id     bigint  NOT NULL,
    unit        text    NOT NULL,
    numerator   numeric NOT NULL,
    denominator numeric NOT NULL,
    CONSTRAINT item_unit_pkey PRIMARY KEY (tenant_id, item_id, unit),
    CONSTRAINT item_unit_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT item_unit_ratio_check CHECK (numerator > 0 AND denominator > 0)
);

CREATE TABLE item_gtin (
    tenant_id bigint NOT NULL,
    gtin      text   NOT NULL,
    item_id   bigint NOT NULL,
    unit      text   NOT NULL,
    CONSTRAINT item_gtin_pkey PRIMARY KEY (tenant_id, gtin),
    CONSTRAINT item_gtin_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id)
);
CREATE INDEX item_gtin_item_idx ON item_gtin (tenant_id, item_id);

-- Contacts are an array of objects with name, role, email and phone.
CREATE TABLE party (
    tenant_id bigint  NOT NULL,
    party_id  bigint  NOT NULL,
    code      text    COLLATE "C" NOT NULL,
    name      text    NOT NULL,
    kinds     text[]  NOT NULL,
    gln       text,
    contacts  jsonb   NOT NULL,
    address   text    NOT NULL,
    revision  integer NOT NULL,
    CONSTRAINT party_pkey PRIMARY KEY (tenant_id, party_id),
    CONSTRAINT party_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT party_code_key UNIQUE (tenant_id, code),
    CONSTRAINT party_kinds_check CHECK (kinds <@ ARRAY ['supplier', 'customer', 'carrier', 'site_owner'])
);

-- Virtual locations stand for the worlds outside. They have fixed ids in every
-- tenant (package ledger has the same numbers), so that a movement needs no
-- look-up and partial indexes can name them.
CREATE TABLE location (
    tenant_id   bigint  NOT NULL,
    location_id bigint  NOT NULL,
    code        text    COLLATE "C" NOT NULL,
    name        text    NOT NULL,
    parent_id   bigint,
    kind        text    NOT NULL,
    gln         text,
    time_zone   text,
    revision    integer NOT NULL,
    CONSTRAINT location_pkey PRIMARY KEY (tenant_id, location_id),
    CONSTRAINT location_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT location_parent_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES location (tenant_id, location_id),
    CONSTRAINT location_code_key UNIQUE (tenant_id, code),
    CONSTRAINT location_kind_check CHECK (kind IN ('site', 'storage', 'dock', 'quarantine', 'virtual')),
    CONSTRAINT location_site_check CHECK ((kind IN ('site', 'virtual')) = (parent_id IS NULL)),
    CONSTRAINT location_zone_check CHECK ((kind = 'site') = (time_zone IS NOT NULL))
);
CREATE INDEX location_parent_idx ON location (tenant_id, parent_id);

INSERT INTO location (tenant_id, location_id, code, name, kind, revision)
VALUES (1, 1, 'supplier', 'Suppliers', 'virtual', 1),
       (1, 2, 'customer', 'Customers', 'virtual', 1),
       (1, 3, 'production', 'Production', 'virtual', 1),
       (1, 4, 'scrap', 'Scrap', 'virtual', 1),
       (1, 5, 'adjustment', 'Adjustment', 'virtual', 1);

-- What was pushed, each time that it was different: the past of items,
-- parties, locations and orders. Content is the pushed message as proto JSON.
CREATE TABLE revision (
    tenant_id   bigint      NOT NULL,
    subject     text        NOT NULL,
    subject_id  bigint      NOT NULL,
    revision    integer     NOT NULL,
    content     jsonb       NOT NULL,
    principal   text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT revision_pkey PRIMARY KEY (tenant_id, subject, subject_id, revision),
    CONSTRAINT revision_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT revision_subject_check CHECK (subject IN ('item', 'party', 'location', 'purchase_order', 'production_order', 'sales_order'))
);
