package plant

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// ordered is what a line of an open order asks for.
const ordered = 1000

func (w *writer) purchaseOrder(order int) *lottrailv1.PurchaseOrder {
	o := &lottrailv1.PurchaseOrder{Code: PurchaseCode(order), SupplierCode: supplierCode(w.supplier(order))}
	for line := range w.purchaseLines(order) {
		item, quantity := w.purchaseLine(order, line)
		o.Lines = append(o.Lines, &lottrailv1.PurchaseOrderLine{LineNumber: int32(line + 1), Sku: sku(0, item), Quantity: amount(quantity)})
	}
	return o
}

// purchaseLines is how many lines an order has.
func (w *writer) purchaseLines(order int) int {
	if order >= w.receipts() {
		return DocumentLines
	}
	first, end := w.receiptLots(order)
	return end - first
}

// purchaseLine is the item of a line of an order, and how much of it.
func (w *writer) purchaseLine(order, line int) (item int, quantity int32) {
	if order >= w.receipts() {
		return w.OrderedItem(order-w.receipts(), line), ordered
	}
	lot := w.Lots[order*DocumentLines+line]
	return int(lot.Item), lot.Used + lot.Left
}

func (w *writer) purchaseOrders() table {
	return table{"purchase_order", []string{"tenant_id", "purchase_order_id", "code", "supplier_id", "content", "revision"},
		w.receipts() + w.OpenOrders(), func(i int) []any {
			return []any{tenantID, w.ids.PurchaseOrder + int64(i), PurchaseCode(i), w.ids.Party + int64(w.supplier(i)), content(w.purchaseOrder(i)), 1}
		}}
}

func (w *writer) purchaseOrderLines() table {
	delivered := w.raw()
	return table{"purchase_order_line", []string{"tenant_id", "purchase_order_id", "line_number", "item_id", "quantity"},
		delivered + w.OpenOrders()*DocumentLines, func(i int) []any {
			order, line := i/DocumentLines, i%DocumentLines
			if i >= delivered {
				order, line = w.receipts()+(i-delivered)/DocumentLines, (i-delivered)%DocumentLines
			}
			item, quantity := w.purchaseLine(order, line)
			return []any{tenantID, w.ids.PurchaseOrder + int64(order), line + 1, w.ids.item(0, item), quantity}
		}}
}

func (w *writer) receiptTable() table {
	return table{"receipt", []string{"tenant_id", "receipt_id", "code", "purchase_order_id", "received_at", "document_references"},
		w.receipts(), func(i int) []any {
			return []any{tenantID, w.ids.Receipt + int64(i), ReceiptCode(i), w.ids.PurchaseOrder + int64(i), w.receivedAt(i), []byte("[]")}
		}}
}

func (w *writer) receiptLines() table {
	return table{"receipt_line", []string{"tenant_id", "receipt_line_id", "receipt_id", "line_number", "purchase_order_id", "order_line_number", "added_to_existing"},
		w.raw(), func(lot int) []any {
			receipt, line := lot/DocumentLines, lot%DocumentLines+1
			return []any{tenantID, w.ids.ReceiptLine + int64(lot), w.ids.Receipt + int64(receipt), line, w.ids.PurchaseOrder + int64(receipt), line, false}
		}}
}

func (w *writer) receiptVariances() table {
	return table{"receipt_variance", []string{"tenant_id", "receipt_id", "order_line_number", "ordered_quantity", "received_quantity"},
		w.raw(), func(lot int) []any {
			quantity := w.Lots[lot].Used + w.Lots[lot].Left
			return []any{tenantID, w.ids.Receipt + int64(lot/DocumentLines), lot%DocumentLines + 1, quantity, quantity}
		}}
}

func (w *writer) productionOrder(run int) *lottrailv1.ProductionOrder {
	return &lottrailv1.ProductionOrder{Code: OrderCode(run), Sku: w.SKU(int(w.Runs[run].FirstOut)), Quantity: amount(w.produced(run))}
}

func (w *writer) produced(run int) int32 {
	var sum int32
	for n := range w.Runs[run].Outputs {
		lot := w.Lots[w.Runs[run].FirstOut+n]
		sum += lot.Used + lot.Left
	}
	return sum
}

func (w *writer) productionOrders() table {
	return table{"production_order", []string{"tenant_id", "production_order_id", "code", "item_id", "quantity", "content", "created_at"},
		len(w.Runs), func(i int) []any {
			return []any{tenantID, w.ids.ProductionOrder + int64(i), OrderCode(i), w.ids.ItemOf(w.Plant, int(w.Runs[i].FirstOut)),
				w.produced(i), content(w.productionOrder(i)), w.startedAt(i)}
		}}
}

func (w *writer) runTable() table {
	return table{"run", []string{"tenant_id", "run_id", "production_order_id", "code", "started_at", "finished_at"},
		len(w.Runs), func(i int) []any {
			return []any{tenantID, w.ids.Run + int64(i), w.ids.ProductionOrder + int64(i), RunCode, w.startedAt(i), w.startedAt(i).Add(finished)}
		}}
}

func (w *writer) salesOrder(order int) *lottrailv1.SalesOrder {
	o := &lottrailv1.SalesOrder{Code: SalesCode(order), CustomerCode: customerCode(w.customer(order))}
	for line := range w.salesLines(order) {
		item, quantity := w.salesLine(order, line)
		o.Lines = append(o.Lines, &lottrailv1.SalesOrderLine{LineNumber: int32(line + 1), Sku: sku(Levels-1, item), Quantity: amount(quantity)})
	}
	return o
}

func (w *writer) salesLines(order int) int {
	if order >= w.shipments() {
		return DocumentLines
	}
	first, end := w.shipmentLots(order)
	return end - first
}

func (w *writer) salesLine(order, line int) (item int, quantity int32) {
	if order >= w.shipments() {
		return w.OrderedItem(order-w.shipments(), line), ordered
	}
	first, _ := w.shipmentLots(order)
	return int(w.Lots[first+line].Item), w.Shipped(first+line, order%Customers)
}

func (w *writer) salesOrders() table {
	return table{"sales_order", []string{"tenant_id", "sales_order_id", "code", "customer_id", "content", "revision"},
		w.shipments() + w.OpenOrders(), func(i int) []any {
			return []any{tenantID, w.ids.SalesOrder + int64(i), SalesCode(i), w.ids.Party + customers + int64(w.customer(i)), content(w.salesOrder(i)), 1}
		}}
}

// shipped is the order and line of the ith shipped line: every finished lot has one
// for each customer.
func (w *writer) shipped(i int) (shipment, line, lot int) {
	shipment, line = i/DocumentLines, i%DocumentLines
	if last := w.groups() - 1; shipment/Customers >= last {
		// The last group may be a smaller one.
		size := len(w.Lots) - int(w.LotLevels[Levels-1]) - last*DocumentLines
		rest := i - last*Customers*DocumentLines
		shipment, line = last*Customers+rest/size, rest%size
	}
	first, _ := w.shipmentLots(shipment)
	return shipment, line, first + line
}

func (w *writer) shippedLines() int { return (len(w.Lots) - int(w.LotLevels[Levels-1])) * Customers }

func (w *writer) salesOrderLines() table {
	delivered := w.shippedLines()
	return table{"sales_order_line", []string{"tenant_id", "sales_order_id", "line_number", "item_id", "quantity"},
		delivered + w.OpenOrders()*DocumentLines, func(i int) []any {
			var order, line int
			if i < delivered {
				order, line, _ = w.shipped(i)
			} else {
				order, line = w.shipments()+(i-delivered)/DocumentLines, (i-delivered)%DocumentLines
			}
			item, quantity := w.salesLine(order, line)
			return []any{tenantID, w.ids.SalesOrder + int64(order), line + 1, w.ids.item(Levels-1, item), quantity}
		}}
}

func (w *writer) shipmentTable() table {
	return table{"shipment", []string{"tenant_id", "shipment_id", "code", "sales_order_id", "customer_id", "carrier_id", "shipped_at", "delivery_date", "document_references"},
		w.shipments(), func(i int) []any {
			at := w.shippedAt(i)
			return []any{tenantID, w.ids.Shipment + int64(i), ShipmentCode(i), w.ids.SalesOrder + int64(i), w.ids.Party + customers + int64(w.customer(i)),
				w.ids.Party + carrier, at, at.AddDate(0, 0, 2), []byte("[]")}
		}}
}

func (w *writer) shipmentLines() table {
	return table{"shipment_line", []string{"tenant_id", "shipment_line_id", "shipment_id", "line_number", "sales_order_id", "order_line_number"},
		w.shippedLines(), func(i int) []any {
			shipment, line, _ := w.shipped(i)
			return []any{tenantID, w.ids.ShipmentLine + int64(i), w.ids.Shipment + int64(shipment), line + 1, w.ids.SalesOrder + int64(shipment), line + 1}
		}}
}
