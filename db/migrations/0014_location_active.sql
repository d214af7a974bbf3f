-- +goose Up

-- A location that was deactivated has the reason for it. It and everything under it
-- is not active then: nothing can be brought there. active repeats what the reasons
-- of a location and of all above it say, so that whoever brings stock looks at one
-- row; who changes a reason, or the tree, changes it in the same transaction
-- (internal/catalog).
ALTER TABLE location
    ADD COLUMN active boolean NOT NULL DEFAULT true,
    ADD COLUMN deactivation_reason text,
    ADD CONSTRAINT location_active_check CHECK (deactivation_reason IS NULL OR NOT active);

-- What lies in what: a row for each location and each that it lies in, at whatever
-- depth, and itself. It repeats the tree, so that what is under a location is read
-- in the order of its code, a page at a time; who changes the tree changes it in the
-- same transaction. Codes never change.
CREATE TABLE location_within (
    tenant_id   bigint NOT NULL,
    outer_id    bigint NOT NULL,
    code        text   COLLATE "C" NOT NULL,
    location_id bigint NOT NULL,
    CONSTRAINT location_within_pkey PRIMARY KEY (tenant_id, outer_id, code) INCLUDE (location_id),
    CONSTRAINT location_within_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, location_id)
);
CREATE INDEX location_within_location_idx ON location_within (tenant_id, location_id);

INSERT INTO location_within (tenant_id, outer_id, code, location_id)
WITH RECURSIVE up AS (
    SELECT tenant_id, location_id, code, location_id AS outer_id, parent_id
    FROM location
    WHERE kind <> 'virtual'
    UNION ALL
    SELECT up.tenant_id, up.location_id, up.code, above.location_id, above.parent_id
    FROM up
    JOIN location AS above ON above.tenant_id = up.tenant_id AND above.location_id = up.parent_id
)
SELECT tenant_id, outer_id, code, location_id FROM up;

GRANT SELECT, INSERT, DELETE ON location_within TO lottrail_service;
