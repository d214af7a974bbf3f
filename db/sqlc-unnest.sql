-- Read by sqlc only, never run: PostgreSQL's unnest takes any number of arrays in
-- FROM, but sqlc's catalog knows the one with a single array. Batches are passed as
-- one array a column, so that a batch of any size is one statement with one plan.
CREATE FUNCTION unnest(anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
CREATE FUNCTION unnest(anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray, anyarray) RETURNS SETOF record;
