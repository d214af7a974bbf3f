-- +goose Up

-- A recall: a case about one or more lots, and whatever they went into. When it
-- was opened, activated and closed, and by whom, is in its operations.
CREATE TABLE recall (
    tenant_id   bigint NOT NULL,
    recall_id   bigint NOT NULL,
    case_number text   COLLATE "C" NOT NULL,
    class       text   NOT NULL,
    reason      text   NOT NULL,
    state       text   NOT NULL,
    CONSTRAINT recall_pkey PRIMARY KEY (tenant_id, recall_id),
    CONSTRAINT recall_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
    CONSTRAINT recall_case_number_key UNIQUE (tenant_id, case_number),
    CONSTRAINT recall_class_check CHECK (class IN ('1', '2', '3', 'withdrawal')),
    CONSTRAINT recall_state_check CHECK (state IN ('open', 'active', 'closed'))
);

-- The lots that a recall is about. What else is affected is found by walking.
CREATE TABLE recall_seed (
    tenant_id bigint NOT NULL,
    recall_id bigint NOT NULL,
    lot_id    bigint NOT NULL,
    CONSTRAINT recall_seed_pkey PRIMARY KEY (tenant_id, recall_id, lot_id),
    CONSTRAINT recall_seed_recall_fkey FOREIGN KEY (tenant_id, recall_id) REFERENCES recall (tenant_id, recall_id),
    CONSTRAINT recall_seed_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id)
);

-- The runs that were affected when a recall was activated. As long as it is active,
-- what they put out is born held. Its affected lots are those with a hold of it.
CREATE TABLE recall_run (
    tenant_id bigint NOT NULL,
    recall_id bigint NOT NULL,
    run_id    bigint NOT NULL,
    CONSTRAINT recall_run_pkey PRIMARY KEY (tenant_id, recall_id, run_id),
    CONSTRAINT recall_run_recall_fkey FOREIGN KEY (tenant_id, recall_id) REFERENCES recall (tenant_id, recall_id),
    CONSTRAINT recall_run_run_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, run_id)
);
CREATE INDEX recall_run_run_idx ON recall_run (tenant_id, run_id);

ALTER TABLE operation
    ADD COLUMN recall_id bigint,
    ADD CONSTRAINT operation_recall_fkey FOREIGN KEY (tenant_id, recall_id) REFERENCES recall (tenant_id, recall_id),
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind IN ('receipt', 'transfer', 'run_start', 'consumption', 'output', 'run_finish', 'shipment', 'hold', 'release',
        'recall_open', 'recall_activation', 'recall_keep', 'recall_close'));
CREATE INDEX operation_recall_idx ON operation (tenant_id, recall_id) WHERE recall_id IS NOT NULL;

-- A hold has its own reason, for an output that bears held lots has another or
-- none; and the recall that it is part of, which holds a lot once.
ALTER TABLE hold
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN recall_id bigint,
    ADD CONSTRAINT hold_recall_fkey FOREIGN KEY (tenant_id, recall_id) REFERENCES recall (tenant_id, recall_id);
UPDATE hold SET reason = operation.reason
FROM operation
WHERE operation.tenant_id = hold.tenant_id AND operation.operation_id = hold.placed_operation_id;
ALTER TABLE hold ALTER COLUMN reason DROP DEFAULT;
CREATE UNIQUE INDEX hold_recall_key ON hold (tenant_id, recall_id, lot_id) WHERE recall_id IS NOT NULL;

-- Lots that are to stay held when their recall is closed, as decided by an
-- operation recall_keep. A later one on the same lot says it again.
CREATE TABLE recall_keep (
    tenant_id    bigint NOT NULL,
    recall_id    bigint NOT NULL,
    lot_id       bigint NOT NULL,
    operation_id bigint NOT NULL,
    CONSTRAINT recall_keep_pkey PRIMARY KEY (tenant_id, recall_id, lot_id, operation_id),
    CONSTRAINT recall_keep_recall_fkey FOREIGN KEY (tenant_id, recall_id) REFERENCES recall (tenant_id, recall_id),
    CONSTRAINT recall_keep_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT recall_keep_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id)
);

GRANT SELECT, INSERT, UPDATE ON recall TO lottrail_service;
GRANT SELECT, INSERT ON recall_seed, recall_run, recall_keep TO lottrail_service;
