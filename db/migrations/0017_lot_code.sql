-- +goose Up

-- What the codes of new lots of an item look like; empty if they are given.
ALTER TABLE item ADD COLUMN lot_code_pattern text NOT NULL DEFAULT '';

-- The last running number that was used of a pattern, for each thing that numbers
-- begin anew with: the code with all but the number in it.
CREATE TABLE lot_code_counter (
    tenant_id bigint NOT NULL,
    item_id   bigint NOT NULL,
    scope     text   COLLATE "C" NOT NULL,
    last      bigint NOT NULL,
    CONSTRAINT lot_code_counter_pkey PRIMARY KEY (tenant_id, item_id, scope),
    CONSTRAINT lot_code_counter_item_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, item_id),
    CONSTRAINT lot_code_counter_last_check CHECK (last >= 0)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON lot_code_counter TO lottrail_service;
