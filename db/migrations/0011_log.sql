-- +goose Up

-- The log: every operation, once, in an order that nobody has to guess. A posting
-- leaves a row in unlogged; the sealer (internal/ledger/seal.go) takes what it can
-- see there and gives each the next index. Feeds are cursors over that index, and
-- "as known at" is a prefix of it.

-- Operations that were recorded and are not in the log yet. Its key has them in the
-- order in which they are taken out again.
CREATE TABLE unlogged (
    tenant_id    bigint      NOT NULL,
    operation_id bigint      NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT unlogged_pkey PRIMARY KEY (tenant_id, recorded_at, operation_id),
    CONSTRAINT unlogged_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Where a tenant's log ends. Whoever seals has this row locked, so one at a time.
-- log_key tells this log from every other, in cursors.
CREATE TABLE log_head (
    tenant_id bigint      NOT NULL,
    log_key   uuid        NOT NULL DEFAULT gen_random_uuid(),
    log_index bigint      NOT NULL DEFAULT 0,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT log_head_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT log_head_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
) WITH (fillfactor = 50);

-- log_index has no gaps and begins at 1. sealed_at never goes back with it.
-- Append-only: the service's role may neither update nor delete here.
CREATE TABLE log (
    tenant_id    bigint      NOT NULL,
    log_index    bigint      NOT NULL,
    operation_id bigint      NOT NULL,
    sealed_at    timestamptz NOT NULL,
    CONSTRAINT log_pkey PRIMARY KEY (tenant_id, log_index),
    CONSTRAINT log_operation_key UNIQUE (tenant_id, operation_id),
    CONSTRAINT log_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id)
);
-- From a moment to the last index sealed by then.
CREATE INDEX log_sealed_idx ON log (tenant_id, sealed_at, log_index);

INSERT INTO log_head (tenant_id) SELECT tenant_id FROM tenant;
INSERT INTO unlogged (tenant_id, operation_id, recorded_at) SELECT tenant_id, operation_id, recorded_at FROM operation;

GRANT SELECT, INSERT, DELETE ON unlogged TO lottrail_service;
GRANT SELECT, INSERT, UPDATE ON log_head TO lottrail_service;
GRANT SELECT, INSERT ON log TO lottrail_service;
