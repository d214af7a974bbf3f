-- +goose Up

-- The service works as this role (SET ROLE). It can add operations and
-- movements and never change them: 42501 insufficient_privilege.

-- +goose StatementBegin
DO $$
BEGIN
    -- It may have been made by somebody who is allowed to make roles, for us who
    -- are not.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lottrail_service') THEN
        CREATE ROLE lottrail_service NOLOGIN;
    END IF;
EXCEPTION
    -- Roles belong to the cluster: another database's migration may be making it
    -- at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
    -- From 16 on, who makes a role is a member of it and may yet not SET ROLE.
    IF NOT pg_has_role('lottrail_service',
        CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) THEN
        GRANT lottrail_service TO CURRENT_USER;
    END IF;
END
$$;
-- +goose StatementEnd

GRANT USAGE ON SEQUENCE id_block TO lottrail_service;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO lottrail_service;
REVOKE INSERT ON goose_db_version FROM lottrail_service; -- which version this is, migrations alone say
GRANT UPDATE ON item, party, location, purchase_order, sales_order, production_order TO lottrail_service;
GRANT UPDATE ON run, lot, hold, balance TO lottrail_service;
-- Requests are forgotten after a while, and what is pushed whole replaces these.
GRANT UPDATE, DELETE ON request TO lottrail_service;
GRANT UPDATE, DELETE ON item_unit, item_gtin, purchase_order_line, sales_order_line TO lottrail_service;
