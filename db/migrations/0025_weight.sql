-- +goose Up

-- Catch weight: an item that is counted in its base unit and weighed in another. Both
-- are exact, and neither follows from the other. No weight unit: it is not weighed.
ALTER TABLE item
    ADD COLUMN weight_unit text NOT NULL DEFAULT '',
    ADD COLUMN weight_decimals smallint NOT NULL DEFAULT 0,
    ADD CONSTRAINT item_weight_check CHECK (weight_decimals BETWEEN 0 AND 9 AND (weight_unit <> '' OR weight_decimals = 0)
        AND (weight_unit = '' OR tracking <> 'none'));

-- In the item's weight unit; null for items that are not weighed. A weight moves with
-- the quantity that it is of, and there is some as long as there is some of that.
ALTER TABLE movement
    ADD COLUMN weight numeric(38, 9),
    ADD CONSTRAINT movement_weight_check CHECK (weight IS NULL OR sign(weight) = sign(quantity));
ALTER TABLE balance
    ADD COLUMN weight numeric(38, 9),
    ADD CONSTRAINT balance_weight_check CHECK (weight IS NULL OR (weight >= 0 AND (weight = 0) = (on_hand = 0)));

ALTER TABLE stock_count_reading
    ADD COLUMN expected_weight numeric(38, 9),
    ADD COLUMN counted_weight numeric(38, 9),
    ADD CONSTRAINT stock_count_reading_weight_check CHECK ((expected_weight IS NULL) = (counted_weight IS NULL)
        AND (counted_weight IS NULL OR (counted_weight >= 0 AND (counted_weight = 0) = (counted = 0))));
