-- +goose Up

-- The service works as this role (SET ROLE). It can add operations and
-- movements and never change them: 42501 insufficient_privilege.

-- +goose StatementBegin
DO $$
BEGIN
    CREATE ROLE lottrail_service NOLOGIN;
EXCEPTION
    -- Roles belong to the cluster: another database's migration may have made
    -- it, or be making it at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
-- +goose StatementEnd

GRANT lottrail_service TO CURRENT_USER;
GRANT USAGE ON SEQUENCE id_block TO lottrail_service;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO lottrail_service;
GRANT UPDATE, DELETE ON item, item_unit, item_gtin, party, location TO lottrail_service;
GRANT UPDATE, DELETE ON purchase_order, purchase_order_line, sales_order, sales_order_line TO lottrail_service;
GRANT UPDATE, DELETE ON request TO lottrail_service;
GRANT UPDATE ON production_order, run, lot, hold, balance TO lottrail_service;
