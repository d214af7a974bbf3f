-- +goose Up

-- Every primary key, unique constraint and foreign key begins with tenant_id,
-- and every query filters on it, so that the schema can be sharded by tenant.

CREATE TABLE tenant (
    tenant_id  bigint      NOT NULL,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_pkey PRIMARY KEY (tenant_id)
);

-- Ids of all kinds come from here in blocks of 1,000 (package ids). They stay
-- inside the service and do not stand for an order in time. Ids below 1,000
-- are fixed ones, such as the virtual locations.
CREATE SEQUENCE id_block MINVALUE 1 START 1;

-- The tenant that every call belongs to until authentication names another.
INSERT INTO tenant (tenant_id, name) VALUES (1, 'default');
