-- +goose Up

-- What parts of a run's content its outputs are, where that was stated: beside each other
-- they say how the run is divided, and their sum means nothing. All that a run has put out
-- states a share, or none of it does. Written by ledger.Post, and only where shares are
-- stated. Append-only: what takes an output back has the share below zero, so the sum by
-- lot is what counts.
CREATE TABLE output_share (
    tenant_id    bigint         NOT NULL,
    run_id       bigint         NOT NULL,
    movement_id  bigint         NOT NULL,
    operation_id bigint         NOT NULL,
    lot_id       bigint         NOT NULL,
    share        numeric(38, 9) NOT NULL,
    CONSTRAINT output_share_pkey PRIMARY KEY (tenant_id, run_id, movement_id),
    CONSTRAINT output_share_run_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, run_id),
    CONSTRAINT output_share_movement_fkey FOREIGN KEY (tenant_id, movement_id) REFERENCES movement (tenant_id, movement_id),
    CONSTRAINT output_share_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES operation (tenant_id, operation_id),
    CONSTRAINT output_share_lot_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES lot (tenant_id, lot_id),
    CONSTRAINT output_share_share_check CHECK (share <> 0)
);

-- Whether an output of the run has ever stated a share: whoever puts out has this row
-- locked, and reads shares only where there are some.
ALTER TABLE run
    ADD COLUMN has_shares boolean NOT NULL DEFAULT false;

GRANT SELECT, INSERT ON output_share TO lottrail_service;
