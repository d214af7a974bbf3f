-- What a trace starts from, by business keys: a row for each seed, by its place, or
-- several where a seed is several lots. What is not there has 0. Known is what is seen of
-- the ledger, by the parameters that lineage_past.sql has: log_index, operation_ids, as_of.

-- name: TraceSeedLotList :many
SELECT k.place::integer AS place, coalesce(item.item_id, 0)::bigint AS item_id, coalesce(found.lot_id, 0)::bigint AS lot_id, coalesce(found.known, false)::boolean AS known
FROM unnest(@places::integer[], @skus::text[], @lot_codes::text[]) AS k (place, sku, lot_code)
LEFT JOIN item ON item.tenant_id = @tenant_id AND item.sku = k.sku
LEFT JOIN LATERAL (
    SELECT lot.lot_id,
           EXISTS (
               SELECT FROM movement
               LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
               WHERE movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id AND movement.quantity > 0 AND movement.occurred_at <= @as_of
                 AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))) AS known
    FROM lot
    WHERE lot.tenant_id = @tenant_id AND lot.item_id = item.item_id AND lot.lot_code = k.lot_code
    LIMIT 1
) AS found ON true;

-- name: TraceSeedSupplierLotList :many
SELECT k.place::integer AS place, coalesce(party.party_id, 0)::bigint AS party_id, coalesce(item.item_id, 0)::bigint AS item_id, coalesce(found.lot_id, 0)::bigint AS lot_id, coalesce(found.known, false)::boolean AS known
FROM unnest(@places::integer[], @supplier_codes::text[], @supplier_lot_codes::text[], @skus::text[]) AS k (place, supplier_code, supplier_lot_code, sku)
LEFT JOIN party ON party.tenant_id = @tenant_id AND party.code = k.supplier_code
LEFT JOIN item ON item.tenant_id = @tenant_id AND item.sku = k.sku
LEFT JOIN LATERAL (
    SELECT lot.lot_id,
           EXISTS (
               SELECT FROM movement
               LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
               WHERE movement.tenant_id = @tenant_id AND movement.lot_id = lot.lot_id AND movement.quantity > 0 AND movement.occurred_at <= @as_of
                 AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))) AS known
    FROM lot
    WHERE lot.tenant_id = @tenant_id AND lot.supplier_id = party.party_id AND lot.supplier_lot_code = k.supplier_lot_code
      AND (k.sku = '' OR lot.item_id = item.item_id)
) AS found ON true;

-- name: TraceSeedReceiptList :many
-- The lots of which something came with it that was not taken back.
SELECT k.place::integer AS place, coalesce(receipt.receipt_id, 0)::bigint AS document_id, coalesce(brought.lot_id, 0)::bigint AS lot_id
FROM unnest(@places::integer[], @codes::text[]) AS k (place, code)
LEFT JOIN receipt ON receipt.tenant_id = @tenant_id AND receipt.code = k.code
LEFT JOIN LATERAL (
    SELECT movement.lot_id
    FROM receipt_line
    JOIN movement ON movement.tenant_id = @tenant_id AND movement.receipt_line_id = receipt_line.receipt_line_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    WHERE receipt_line.tenant_id = @tenant_id AND receipt_line.receipt_id = receipt.receipt_id
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
    GROUP BY movement.lot_id
    HAVING sum(movement.quantity) > 0
) AS brought ON true;

-- name: TraceSeedRunList :many
SELECT k.place::integer AS place, coalesce(production_order.production_order_id, 0)::bigint AS production_order_id, coalesce(run.run_id, 0)::bigint AS run_id,
       EXISTS (
           SELECT FROM operation
           LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = operation.operation_id
           WHERE operation.tenant_id = @tenant_id AND operation.run_id = run.run_id AND operation.kind = 'run_start' AND operation.occurred_at <= @as_of
             AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR operation.operation_id = ANY (@operation_ids::bigint[])))::boolean AS known
FROM unnest(@places::integer[], @order_codes::text[], @run_codes::text[]) AS k (place, order_code, run_code)
LEFT JOIN production_order ON production_order.tenant_id = @tenant_id AND production_order.code = k.order_code
LEFT JOIN run ON run.tenant_id = @tenant_id AND run.production_order_id = production_order.production_order_id AND run.code = k.run_code;

-- name: TraceSeedShipmentList :many
-- The lots of which something left with it that was not taken back.
SELECT k.place::integer AS place, coalesce(shipment.shipment_id, 0)::bigint AS document_id, coalesce(sent.lot_id, 0)::bigint AS lot_id
FROM unnest(@places::integer[], @codes::text[]) AS k (place, code)
LEFT JOIN shipment ON shipment.tenant_id = @tenant_id AND shipment.code = k.code
LEFT JOIN LATERAL (
    SELECT movement.lot_id
    FROM shipment_line
    JOIN movement ON movement.tenant_id = @tenant_id AND movement.shipment_line_id = shipment_line.shipment_line_id
    LEFT JOIN movement AS taken ON taken.tenant_id = @tenant_id AND taken.movement_id = movement.reverses_movement_id
    LEFT JOIN log ON log.tenant_id = @tenant_id AND log.operation_id = movement.operation_id
    WHERE shipment_line.tenant_id = @tenant_id AND shipment_line.shipment_id = shipment.shipment_id
      AND coalesce(taken.occurred_at, movement.occurred_at) <= @as_of
      AND (coalesce(log.log_index, 9223372036854775807) <= @log_index OR movement.operation_id = ANY (@operation_ids::bigint[]))
    GROUP BY movement.lot_id
    HAVING sum(movement.quantity) > 0
) AS sent ON true;
