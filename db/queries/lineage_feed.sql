-- What lots' quantities are attributed by (package lineage): their movements, and how
-- they are measured. Moves within the warehouse bring nothing in or out. What was reversed
-- comes with its reversal, for who reads it to leave both out. What comes into a lot comes
-- from a virtual location; their ids are below 1000.

-- name: LineageFeedListByLot :many
SELECT movement.lot_id, movement.movement_id, movement.reverses_movement_id, movement.kind, (movement.from_location_id < 1000)::boolean AS comes_in,
       movement.quantity, movement.weight, output_share.share, coalesce(movement.run_id, 0)::bigint AS run_id,
       coalesce(movement.receipt_line_id, movement.shipment_line_id, 0)::bigint AS line_id, movement.occurred_at, movement.recorded_at
FROM movement
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
WHERE movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind <> 'transfer';

-- name: LineageFeedListByRun :many
-- What runs consumed.
SELECT movement.lot_id, movement.movement_id, movement.reverses_movement_id, movement.kind, (movement.from_location_id < 1000)::boolean AS comes_in,
       movement.quantity, movement.weight, output_share.share, coalesce(movement.run_id, 0)::bigint AS run_id,
       coalesce(movement.receipt_line_id, movement.shipment_line_id, 0)::bigint AS line_id, movement.occurred_at, movement.recorded_at
FROM movement
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
WHERE movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'consumption';

-- name: LineagePastFeedListByLot :many
-- Of the past: with the parameters of lineage_past.sql.
SELECT movement.lot_id, movement.movement_id, movement.reverses_movement_id, movement.kind, (movement.from_location_id < 1000)::boolean AS comes_in,
       movement.quantity, movement.weight, output_share.share, coalesce(movement.run_id, 0)::bigint AS run_id,
       coalesce(movement.receipt_line_id, movement.shipment_line_id, 0)::bigint AS line_id, movement.occurred_at, movement.recorded_at
FROM movement
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.lot_id = ANY (@lot_ids::bigint[]) AND movement.kind <> 'transfer';

-- name: LineagePastFeedListByRun :many
SELECT movement.lot_id, movement.movement_id, movement.reverses_movement_id, movement.kind, (movement.from_location_id < 1000)::boolean AS comes_in,
       movement.quantity, movement.weight, output_share.share, coalesce(movement.run_id, 0)::bigint AS run_id,
       coalesce(movement.receipt_line_id, movement.shipment_line_id, 0)::bigint AS line_id, movement.occurred_at, movement.recorded_at
FROM movement
LEFT JOIN output_share ON output_share.tenant_id = @tenant_id AND output_share.run_id = movement.run_id AND output_share.movement_id = movement.movement_id
LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
WHERE (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
  AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
  AND movement.tenant_id = @tenant_id AND movement.run_id = ANY (@run_ids::bigint[]) AND movement.kind = 'consumption';

-- name: LineageLotItemList :many
SELECT lot.lot_id, lot.item_id, item.base_unit, item.weight_unit
FROM lot
JOIN item ON item.tenant_id = @tenant_id AND item.item_id = lot.item_id
WHERE lot.tenant_id = @tenant_id AND lot.lot_id = ANY (@lot_ids::bigint[]);

-- name: LineageItemUnitList :many
SELECT item_unit.item_id, item_unit.unit, item_unit.numerator, item_unit.denominator
FROM item_unit
WHERE item_unit.tenant_id = @tenant_id AND item_unit.item_id = ANY (@item_ids::bigint[]);

-- name: LineageShipmentLineList :many
SELECT shipment_line.shipment_line_id, shipment.code AS shipment_code, shipment.customer_id, shipment.shipped_at,
       coalesce(sales_order.code, '')::text AS sales_order_code, coalesce(shipment_line.order_line_number, 0)::integer AS order_line_number
FROM shipment_line
JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.shipment_id = shipment_line.shipment_id
LEFT JOIN sales_order ON sales_order.tenant_id = @tenant_id AND sales_order.sales_order_id = shipment_line.sales_order_id
WHERE shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_line_id = ANY (@line_ids::bigint[]);

-- name: LineageReceiptLineList :many
SELECT receipt_line.receipt_line_id, receipt.code AS receipt_code, receipt.received_at, purchase_order.supplier_id,
       purchase_order.code AS purchase_order_code, receipt_line.order_line_number
FROM receipt_line
JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.receipt_id = receipt_line.receipt_id
JOIN purchase_order ON purchase_order.tenant_id = @tenant_id AND purchase_order.purchase_order_id = receipt_line.purchase_order_id
WHERE receipt_line.tenant_id = @tenant_id AND receipt_line.receipt_line_id = ANY (@line_ids::bigint[]);
