-- +goose Up

-- Adjustments, scrapping, and reversals.
--
-- A reversal takes an operation back: for each of its movements it has one of the same
-- kind, lot, places and document, with the quantity below zero. So whatever sums
-- quantities up has the net, and nothing has to know of reversals but what asks
-- whether there is anything at all: that is, whether the sum is above zero.

ALTER TABLE operation
    ADD COLUMN reverses_operation_id bigint,
    ADD CONSTRAINT operation_reverses_fkey FOREIGN KEY (tenant_id, reverses_operation_id) REFERENCES operation (tenant_id, operation_id),
    ADD CONSTRAINT operation_reverses_check CHECK ((kind = 'reversal') = (reverses_operation_id IS NOT NULL)),
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind IN ('receipt', 'transfer', 'run_start', 'consumption', 'output', 'run_finish', 'shipment', 'adjustment', 'scrap', 'hold', 'release',
        'recall_open', 'recall_activation', 'recall_keep', 'recall_close', 'reversal'));
-- An operation is reversed once.
CREATE UNIQUE INDEX operation_reverses_key ON operation (tenant_id, reverses_operation_id) WHERE reverses_operation_id IS NOT NULL;

ALTER TABLE movement
    ADD COLUMN reverses_movement_id bigint,
    ADD CONSTRAINT movement_reverses_fkey FOREIGN KEY (tenant_id, reverses_movement_id) REFERENCES movement (tenant_id, movement_id),
    DROP CONSTRAINT movement_quantity_check,
    ADD CONSTRAINT movement_quantity_check CHECK (quantity <> 0 AND (quantity < 0) = (reverses_movement_id IS NOT NULL)),
    DROP CONSTRAINT movement_kind_check,
    ADD CONSTRAINT movement_kind_check CHECK (kind IN ('receipt', 'transfer', 'consumption', 'output', 'shipment', 'adjustment', 'scrap'));
CREATE UNIQUE INDEX movement_reverses_key ON movement (tenant_id, reverses_movement_id) WHERE reverses_movement_id IS NOT NULL;

-- A receipt line has one movement, and one more if that was reversed.
DROP INDEX movement_receipt_line_key;
CREATE UNIQUE INDEX movement_receipt_line_key ON movement (tenant_id, receipt_line_id, (quantity > 0)) WHERE receipt_line_id IS NOT NULL;
