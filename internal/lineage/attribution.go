package lineage

import (
	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

// LotAttribution is how much of the seeds is in a lot, or of a lot in the seeds.
type LotAttribution struct {
	attribution.Lot
	LotRef    int32
	Direction Direction
	// Unit is the seeds' base unit, in which all but Quantity is.
	Unit, BaseUnit string
	Stocks         []StockAttribution
}

// StockAttribution is how much of that is at a place.
type StockAttribution struct {
	LocationCode string
	Figure       attribution.Figure
}

// RunAttribution is the same of a run.
type RunAttribution struct {
	attribution.Run
	RunRef    int32
	Direction Direction
	Unit      string
	// Open is set while it is in process.
	Open bool
}

// ShipmentAttribution is how much of the seeds is in a shipment line.
type ShipmentAttribution struct {
	attribution.Line
	LotRef          int32
	ShipmentCode    string
	SalesOrderCode  string // empty and the number 0 if there was no order
	OrderLineNumber int32
	CustomerCode    string
	Unit            string
	Assumed         bool
}

// CustomerAttribution is how much of the seeds a customer has of the lots that are shown.
type CustomerAttribution struct {
	CustomerCode, CustomerName string
	Figure                     attribution.Figure
	Unit                       string
	Assumed                    bool
}

// ReceiptAttribution is how much of the seeds is of a receipt line.
type ReceiptAttribution struct {
	LotRef            int32
	ReceiptCode       string
	PurchaseOrderCode string
	OrderLineNumber   int32
	SupplierCode      string
	Figure            attribution.Figure
	Unit              string
	Assumed           bool
}

// AttributionTotals are what everything adds up to, one way, shown or not.
type AttributionTotals struct {
	attribution.Totals
	Direction Direction
	Unit      string
	// Refusal says why nothing was attributed; empty if it was.
	Refusal string
}

// atPlaces divides what is on hand of a lot over the places where it lies. Where there are
// several, any of them may have all or nothing of it, unless all that is in the lot is.
func atPlaces(lot *attribution.Lot, stocks []Stock) []StockAttribution {
	quantities := make([]qty.Decimal, len(stocks))
	for i := range stocks {
		quantities[i] = stocks[i].OnHand
	}
	all := make([]StockAttribution, len(stocks))
	for i, part := range attribution.Divide(lot.OnHand.Value, quantities) {
		figure := attribution.Figure{Value: part, Most: lot.OnHand.Most}
		switch {
		case lot.Seed:
			figure.Least, figure.Most = part, part
		case len(stocks) == 1:
			figure = lot.OnHand
		}
		all[i] = StockAttribution{stocks[i].LocationCode, figure}
	}
	return all
}
