-- +goose Up

-- From an operation to what it did: the log is read a batch of operations at a time,
-- and an operation may have any number of facts.
CREATE INDEX movement_operation_idx ON movement (tenant_id, operation_id, movement_id);
CREATE INDEX hold_placed_operation_idx ON hold (tenant_id, placed_operation_id, lot_id, number);
CREATE INDEX hold_released_operation_idx ON hold (tenant_id, released_operation_id, lot_id, number) WHERE released_operation_id IS NOT NULL;
CREATE INDEX recall_keep_operation_idx ON recall_keep (tenant_id, operation_id, lot_id);
