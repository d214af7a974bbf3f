package demo

import pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"

func purchase(code, supplier, invoice string, lines ...*pb.PurchaseOrderLine) *pb.UpsertPurchaseOrderRequest {
	return &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
		Code: code, SupplierCode: supplier, References: []*pb.Reference{{Kind: "invoice", Value: invoice}}, Lines: lines,
	}}
}

func orderLine(number int32, sku, value, unit string) *pb.PurchaseOrderLine {
	return &pb.PurchaseOrderLine{LineNumber: number, Sku: sku, Quantity: amount(value, unit)}
}

func receive(when, code, order string, lines ...*pb.ReceiptLine) *pb.ReceiveRequest {
	return &pb.ReceiveRequest{ReceiptCode: code, PurchaseOrderCode: order, ReceivedAt: at(when), Lines: lines}
}

func move(when, reason string, lines ...*pb.MoveLine) *pb.MoveLotsRequest {
	return &pb.MoveLotsRequest{MovedAt: at(when), Reason: reason, Lines: lines}
}

func moveLine(sku, lot, value, unit, from, to string) *pb.MoveLine {
	return &pb.MoveLine{Sku: sku, LotCode: lot, Quantity: amount(value, unit), FromLocationCode: from, ToLocationCode: to}
}

func produce(code, sku, value string) *pb.CreateProductionOrderRequest {
	unit := kilogram
	if sku == DanishSKU {
		unit = piece
	}
	return &pb.CreateProductionOrderRequest{ProductionOrder: &pb.ProductionOrder{
		Code: code, Sku: sku, Quantity: amount(value, unit), DueDate: "2026-03-25",
	}}
}

func start(when, order, run string) *pb.StartRunRequest {
	return &pb.StartRunRequest{ProductionOrderCode: order, RunCode: run, StartedAt: at(when)}
}

func consume(when, order, run string, lines ...*pb.ConsumptionLine) *pb.ConsumeLotsRequest {
	return &pb.ConsumeLotsRequest{ProductionOrderCode: order, RunCode: run, ConsumedAt: at(when), Lines: lines}
}

func consumed(sku, lot, location, value, unit string) *pb.ConsumptionLine {
	return &pb.ConsumptionLine{Sku: sku, LotCode: lot, LocationCode: location, Quantity: amount(value, unit)}
}

// ahead is a line that takes a lot before others that would be first by their last day.
func ahead(line *pb.ConsumptionLine, reason string) *pb.ConsumptionLine {
	line.OutOfRotationReason = reason
	return line
}

func output(when, order, run string, lines ...*pb.OutputLine) *pb.RecordOutputsRequest {
	return &pb.RecordOutputsRequest{ProductionOrderCode: order, RunCode: run, ProducedAt: at(when), Lines: lines}
}

func made(sku, lot, location, value, unit string) *pb.OutputLine {
	return &pb.OutputLine{Sku: sku, LotCode: lot, LocationCode: location, Quantity: amount(value, unit)}
}

func finish(when, order, run string) *pb.FinishRunRequest {
	return &pb.FinishRunRequest{ProductionOrderCode: order, RunCode: run, FinishedAt: at(when)}
}

func sales(code, customer string, lines ...*pb.SalesOrderLine) *pb.UpsertSalesOrderRequest {
	return &pb.UpsertSalesOrderRequest{SalesOrder: &pb.SalesOrder{Code: code, CustomerCode: customer, Lines: lines}}
}

func salesLine(number int32, sku, value, unit string) *pb.SalesOrderLine {
	return &pb.SalesOrderLine{LineNumber: number, Sku: sku, Quantity: amount(value, unit), DueDate: "2026-03-26"}
}

func ship(when, code, order string, lines ...*pb.ShipmentLine) *pb.ShipRequest {
	return &pb.ShipRequest{
		ShipmentCode: code, SalesOrderCode: order, CarrierCode: van, ShippedAt: at(when), DeliveryDate: "2026-03-26", Lines: lines,
	}
}

func shipWithoutOrder(when, code, customer string, lines ...*pb.ShipmentLine) *pb.ShipRequest {
	return &pb.ShipRequest{ShipmentCode: code, CustomerCode: customer, ShippedAt: at(when), Lines: lines}
}

func shipped(orderLine int32, sku, lot, value, unit string) *pb.ShipmentLine {
	return &pb.ShipmentLine{SalesOrderLineNumber: orderLine, Sku: sku, LotCode: lot, LocationCode: pack, Quantity: amount(value, unit)}
}

func hold(sku, lot, reason string) *pb.PlaceHoldRequest {
	return &pb.PlaceHoldRequest{Sku: sku, LotCode: lot, Reason: reason}
}

func release(sku, lot string, number int32, reason string) *pb.ReleaseHoldRequest {
	return &pb.ReleaseHoldRequest{Sku: sku, LotCode: lot, Number: number, Reason: reason}
}
