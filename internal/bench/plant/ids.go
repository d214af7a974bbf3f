package plant

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// idBlock is how many ids a value of the sequence id_block stands for.
const idBlock = 1000

// IDs are the ids of a loaded plant: the nth thing of a kind has the id of the kind
// and n.
type IDs struct {
	Item, Party, Location                                     int64
	PurchaseOrder, Receipt, ReceiptLine                       int64
	ProductionOrder, Run, SalesOrder, Shipment, ShipmentLine  int64
	Receiving, PuttingAway, RunStart, Consumption, Output     int64
	RunFinish, Shipping                                       int64
	Lot                                                       int64
	Received, Moved, ConsumptionOf, OutputOf, ShippedMovement int64
}

// Parties and locations are numbered through.
const (
	customers = Suppliers
	carrier   = Suppliers + CustomerCount
	parties   = carrier + 1

	site      = 0
	dock      = 1
	bins      = 2
	locations = bins + Bins
)

// reserved is where a kind of things gets its first id, and how many it needs.
type reserved struct {
	id *int64
	n  int
}

// reserve takes as many ids as the plant needs.
func reserve(ctx context.Context, tx pgx.Tx, p *Plant) (*IDs, error) {
	var ids IDs
	return &ids, reserveIDs(ctx, tx, []reserved{
		{&ids.Item, Levels * Items}, {&ids.Party, parties}, {&ids.Location, locations},
		{&ids.PurchaseOrder, p.receipts() + p.OpenOrders()}, {&ids.Receipt, p.receipts()}, {&ids.ReceiptLine, p.raw()},
		{&ids.ProductionOrder, len(p.Runs)}, {&ids.Run, len(p.Runs)},
		{&ids.SalesOrder, p.shipments() + p.OpenOrders()}, {&ids.Shipment, p.shipments()}, {&ids.ShipmentLine, p.shipments() * DocumentLines},
		{&ids.Receiving, p.receipts()}, {&ids.PuttingAway, p.receipts()}, {&ids.RunStart, len(p.Runs)},
		{&ids.Consumption, len(p.Runs)}, {&ids.Output, len(p.Runs)}, {&ids.RunFinish, len(p.Runs)}, {&ids.Shipping, p.shipments()},
		{&ids.Lot, len(p.Lots)}, {&ids.Received, p.raw()}, {&ids.Moved, p.raw()}, {&ids.ConsumptionOf, Inputs * len(p.Runs)},
		{&ids.OutputOf, len(p.Lots)}, {&ids.ShippedMovement, p.shipments() * DocumentLines},
	})
}

// reserveIDs takes ids from the sequence that the service takes them from.
func reserveIDs(ctx context.Context, tx pgx.Tx, kinds []reserved) error {
	var next int64
	for _, kind := range kinds {
		*kind.id = next
		next += int64(kind.n)
	}
	var last int64
	err := tx.QueryRow(ctx, "SELECT setval('id_block', nextval('id_block') + $1)", next/idBlock+1).Scan(&last)
	if err != nil {
		return err
	}
	// The blocks up to last are ours, from the one after the first that was taken.
	for _, kind := range kinds {
		*kind.id += (last - next/idBlock) * idBlock
	}
	return nil
}

// Ids of what has a code in the plant.
func (ids *IDs) item(level, item int) int64 { return ids.Item + int64(level*Items+item) }

// ItemOf is the item of a lot.
func (ids *IDs) ItemOf(p *Plant, lot int) int64 {
	return ids.item(p.Level(lot), int(p.Lots[lot].Item))
}

// Bin is a bin's location.
func (ids *IDs) Bin(bin int) int64 { return ids.Location + bins + int64(bin) }

// Dock is where everything arrives.
func (ids *IDs) Dock() int64 { return ids.Location + dock }

// BinOf is the bin that what is left of a lot is in.
func (ids *IDs) BinOf(p *Plant, lot int) int64 { return ids.Bin(int(p.bin(lot))) }

// OpenPurchase is the nth open purchase order and its supplier.
func (ids *IDs) OpenPurchase(p *Plant, n int) (order, supplier int64) {
	n += p.receipts()
	return ids.PurchaseOrder + int64(n), ids.Party + int64(p.supplier(n))
}

// OpenSales is the nth open sales order and its customer.
func (ids *IDs) OpenSales(p *Plant, n int) (order, customer int64) {
	n += p.shipments()
	return ids.SalesOrder + int64(n), ids.Party + customers + int64(p.customer(n))
}
