-- +goose Up

-- What stock was moved for (MovePurpose), and by which documents: of operations that were
-- told either. Append-only.
CREATE TABLE transfer (
    tenant_id           bigint NOT NULL,
    operation_id        bigint NOT NULL,
    purpose             text   NOT NULL,
    document_references jsonb  NOT NULL,
    CONSTRAINT transfer_pkey PRIMARY KEY (tenant_id, operation_id),
    CONSTRAINT transfer_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT transfer_purpose_check CHECK (purpose IN ('', 'put_away', 'replenishment', 'zone_transfer', 'pick', 'quarantine', 'return_to_stock'))
);

GRANT SELECT, INSERT ON transfer TO lottrail_service;
