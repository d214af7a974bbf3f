package plant

import (
	"fmt"
	"time"
)

// What there is beside lots and runs.
const (
	// Items of each level.
	Items         = 50
	Bins          = 200
	Suppliers     = 50
	CustomerCount = 500

	Unit = "KGM"
	Site = "PLANT"
	Dock = "DOCK"
	// Carrier brings every shipment.
	Carrier = "CARRIER"
)

var levelNames = [Levels]string{"RAW", "MIX", "PART", "GOODS"}

// SKU is the item of a lot.
func (p *Plant) SKU(lot int) string { return sku(p.Level(lot), int(p.Lots[lot].Item)) }

func sku(level, item int) string { return fmt.Sprintf("%s-%02d", levelNames[level], item) }

// LotCode names a lot.
func LotCode(lot int) string { return fmt.Sprintf("L%07d", lot) }

// Bin is where what is left of a lot lies.
func (p *Plant) Bin(lot int) string { return BinCode(int(p.bin(lot))) }

func (p *Plant) bin(lot int) int32 { return p.pick(Bins, 4, lot) }

// BinCode names a bin.
func BinCode(bin int) string { return fmt.Sprintf("BIN-%03d", bin) }

func supplierCode(n int) string { return fmt.Sprintf("SUPPLIER-%02d", n) }

func customerCode(n int) string { return fmt.Sprintf("CUSTOMER-%03d", n) }

// OrderCode names the production order of a run, and the run, too.
func OrderCode(run int) string { return fmt.Sprintf("MO-%07d", run) }

// RunCode is the code of the one run that each production order has.
const RunCode = "1"

// length is how long the past is.
func (p *Plant) length() time.Duration {
	return time.Duration(min(maxDays*24*float64(time.Hour), float64(p.Shape.Lots)/lotsPerDay*24*float64(time.Hour)))
}

// at is when the ith of n things of a level came about.
func (p *Plant) at(level, i, n int) time.Time {
	along := time.Duration(float64(p.length()) * float64(i) / float64(n))
	return Began.AddDate(0, 0, level).Add(along.Truncate(time.Second))
}

func (p *Plant) receivedAt(receipt int) time.Time {
	return p.at(0, receipt*DocumentLines, int(p.LotLevels[1]))
}

func (p *Plant) startedAt(run int) time.Time {
	first := p.Runs[run].FirstOut
	level := p.Level(int(first))
	return p.at(level, int(first-p.LotLevels[level]), int(p.LotLevels[level+1]-p.LotLevels[level]))
}

// shippedAt: five finished lots are shipped together, once to each of their
// customers.
func (p *Plant) shippedAt(shipment int) time.Time {
	return p.at(Levels+1, shipment/Customers, p.groups()).Add(time.Duration(shipment%Customers) * time.Minute)
}

// When the operations of a document come after it began.
const (
	putAway  = 30 * time.Minute
	consumed = 5 * time.Minute
	putOut   = 2 * time.Hour
	finished = putOut + 10*time.Minute
)

// Counts of documents.
func (p *Plant) raw() int      { return int(p.LotLevels[1]) }
func (p *Plant) receipts() int { return (p.raw() + DocumentLines - 1) / DocumentLines }
func (p *Plant) groups() int {
	return (p.Shape.Lots - int(p.LotLevels[Levels-1]) + DocumentLines - 1) / DocumentLines
}
func (p *Plant) shipments() int { return p.groups() * Customers }

// receiptLots are the lots of a receipt, from first up to, and without, end.
func (p *Plant) receiptLots(receipt int) (first, end int) {
	return receipt * DocumentLines, min((receipt+1)*DocumentLines, p.raw())
}

// shipmentLots are the lots of a shipment.
func (p *Plant) shipmentLots(shipment int) (first, end int) {
	first = int(p.LotLevels[Levels-1]) + shipment/Customers*DocumentLines
	return first, min(first+DocumentLines, len(p.Lots))
}

// supplier and customer say who a document is with. The customers of one lot are
// different ones.
func (p *Plant) supplier(receipt int) int { return int(p.pick(Suppliers, 5, receipt)) }
func (p *Plant) customer(shipment int) int {
	return (int(p.pick(CustomerCount, 6, shipment/Customers)) + shipment%Customers*97) % CustomerCount
}

// OpenOrders is how many purchase orders are yet to be received, and how many
// sales orders to be shipped.
func (p *Plant) OpenOrders() int { return max(500, p.Shape.Lots/5) }

// OrderedItem is the item, of its level, of a line of an open order.
func (p *Plant) OrderedItem(order, line int) int {
	return int(p.pick(Items, 7, order*DocumentLines+line))
}

// OrderedSKU is what a line of an open purchase order is about.
func (p *Plant) OrderedSKU(level, order, line int) string {
	return sku(level, p.OrderedItem(order, line))
}

// PurchaseCode and SalesCode name orders: first those that were delivered, then the
// open ones.
func PurchaseCode(order int) string { return fmt.Sprintf("PO-%07d", order) }

// SalesCode names a sales order.
func SalesCode(order int) string { return fmt.Sprintf("SO-%07d", order) }

// OpenPurchase is the code of the nth open purchase order.
func (p *Plant) OpenPurchase(n int) string { return PurchaseCode(p.receipts() + n) }

// OpenPurchaseSKU is the item of a line of the nth open purchase order, lines counted
// from 0.
func (p *Plant) OpenPurchaseSKU(n, line int) string {
	return sku(0, p.OrderedItem(n, line))
}

// OpenSales is the code of the nth open sales order.
func (p *Plant) OpenSales(n int) string { return SalesCode(p.shipments() + n) }

// ReceiptCode names a receipt.
func ReceiptCode(receipt int) string { return fmt.Sprintf("R-%07d", receipt) }

// ShipmentCode names a shipment.
func ShipmentCode(shipment int) string { return fmt.Sprintf("S-%07d", shipment) }
