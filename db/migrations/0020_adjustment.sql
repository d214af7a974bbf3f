-- +goose Up

-- Of adjusting or scrapping more than this in one operation, in the base unit, a second
-- one has to approve; never if it is not set.
ALTER TABLE item
    ADD COLUMN adjustment_approval_quantity numeric(38, 9),
    ADD CONSTRAINT item_adjustment_approval_check CHECK (adjustment_approval_quantity >= 0);

-- Why an operation adjusted or scrapped: a code from a list (AdjustmentReason), and who
-- approved of it beside the one who recorded it. The justification is the operation's
-- reason. Append-only.
CREATE TABLE adjustment (
    tenant_id    bigint NOT NULL,
    operation_id bigint NOT NULL,
    reason_code  text   NOT NULL,
    approved_by  text   NOT NULL,
    CONSTRAINT adjustment_pkey PRIMARY KEY (tenant_id, operation_id),
    CONSTRAINT adjustment_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT adjustment_reason_check CHECK (reason_code <> '')
);

-- From a time to what was adjusted and scrapped then; not to what was taken back, which
-- is found from there.
CREATE INDEX movement_shrink_idx ON movement (tenant_id, occurred_at, movement_id) WHERE kind IN ('adjustment', 'scrap') AND quantity > 0;

GRANT SELECT, INSERT ON adjustment TO lottrail_service;
