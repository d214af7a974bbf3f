-- +goose Up

-- Every write, once: the claim is inserted first and completed in the same
-- transaction, so a row that can be seen has its response.
CREATE TABLE request (
    tenant_id   bigint      NOT NULL,
    request_id  text        NOT NULL,
    fingerprint bytea       NOT NULL,
    response    bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT request_pkey PRIMARY KEY (tenant_id, request_id),
    CONSTRAINT request_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) WITH (fillfactor = 70);
CREATE INDEX request_created_idx ON request (tenant_id, created_at);
