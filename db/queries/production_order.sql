-- name: ProductionOrderInsert :execrows
INSERT INTO production_order (tenant_id, production_order_id, code, item_id, quantity, content)
VALUES (@tenant_id, @production_order_id, @code, @item_id, @quantity, @content)
ON CONFLICT (tenant_id, code) DO NOTHING;

-- name: ProductionOrderGet :one
SELECT production_order_id, content
FROM production_order
WHERE tenant_id = @tenant_id AND code = @code;

-- name: ProductionOrderID :one
SELECT production_order_id
FROM production_order
WHERE tenant_id = @tenant_id AND code = @code;
