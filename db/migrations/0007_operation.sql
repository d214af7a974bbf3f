-- +goose Up

-- One business event, posted atomically. Append-only: the service's role may
-- neither update nor delete here (see 0010_role.sql).
--
-- recorded_at is read from the clock after the locks are held, so that two
-- operations on one lot are always in their true order.
--
-- The ledger points to documents, and no document points to the ledger.
CREATE TABLE operation (
    tenant_id    bigint      NOT NULL,
    operation_id bigint      NOT NULL,
    kind         text        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    principal    text        NOT NULL,
    request_id   text        NOT NULL,
    reason       text        NOT NULL,
    receipt_id   bigint,
    run_id       bigint,
    shipment_id  bigint,
    CONSTRAINT operation_pkey PRIMARY KEY (tenant_id, operation_id),
    CONSTRAINT operation_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT operation_receipt_fkey FOREIGN KEY (tenant_id, receipt_id) REFERENCES receipt (tenant_id, receipt_id),
    CONSTRAINT operation_run_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, run_id),
    CONSTRAINT operation_shipment_fkey FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipment (tenant_id, shipment_id),
    CONSTRAINT operation_kind_check CHECK (kind IN ('receipt', 'transfer', 'run_start', 'consumption', 'output', 'run_finish', 'shipment', 'hold', 'release'))
);
CREATE INDEX operation_receipt_idx ON operation (tenant_id, receipt_id) WHERE receipt_id IS NOT NULL;
-- Receipts are listed by this, the latest recorded first.
CREATE INDEX operation_receipt_recorded_idx ON operation (tenant_id, recorded_at, operation_id) WHERE kind = 'receipt';
CREATE INDEX operation_run_idx ON operation (tenant_id, run_id) WHERE run_id IS NOT NULL;
CREATE INDEX operation_shipment_idx ON operation (tenant_id, shipment_id) WHERE shipment_id IS NOT NULL;
