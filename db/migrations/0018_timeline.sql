-- +goose Up

-- When a movement was recorded, copied from its operation, so that an index has a
-- lot's movements in the order of recording: a page of a lot with any number of
-- movements is then read from where it begins to where it ends. It takes the place
-- of the index by operation, so that a posting writes to no index more.
ALTER TABLE movement ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
UPDATE movement SET recorded_at = operation.recorded_at
FROM operation
WHERE operation.tenant_id = movement.tenant_id AND operation.operation_id = movement.operation_id;
DROP INDEX movement_lot_idx;
CREATE INDEX movement_lot_idx ON movement (tenant_id, lot_id, recorded_at, operation_id, movement_id);

-- Which recalls are about a lot, and which decided to keep it held.
CREATE INDEX recall_seed_lot_idx ON recall_seed (tenant_id, lot_id);
CREATE INDEX recall_keep_lot_idx ON recall_keep (tenant_id, lot_id);
