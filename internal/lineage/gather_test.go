package lineage_test

import (
	"fmt"
	"reflect"
	"time"

	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// tester is testing.TB as rapid has it too.
type tester interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
}

// gather puts parts together and checks what holds for every walk: things come
// once, nothing refers forward, parts are small, the summary comes last and
// counts what came.
func gather(t tester, parts []*lineage.Part, most int) (lineagetest.Answer, *lineage.Summary) {
	t.Helper()
	var a lineagetest.Answer
	var sent lineage.Summary
	names := map[int32]string{}
	once := map[string]bool{}
	enter := func(ref int32, name, key string) {
		if ref <= 0 || names[ref] != "" || once[key] {
			t.Errorf("%s came with ref %d, which is %q", key, ref, names[ref])
		}
		names[ref], once[key] = name, true
	}
	refer := func(ref int32) string {
		if names[ref] == "" {
			t.Errorf("ref %d before what it refers to", ref)
		}
		return names[ref]
	}
	for i, p := range parts {
		if n := len(p.Lots) + len(p.Runs) + len(p.Edges) + len(p.Receipts) + len(p.Shipments) + len(p.OutOfTime) + len(p.Movements); n > most || (n == 0 && p.Summary == nil) {
			t.Errorf("part %d has %d entries", i, n)
		}
		if (p.Summary != nil) != (i == len(parts)-1) {
			t.Errorf("summary in part %d of %d", i+1, len(parts))
		}
		for _, l := range p.Lots {
			name := l.SKU + "/" + l.LotCode
			enter(l.Ref, name, "lot "+name)
			a.Lots = append(a.Lots, lotLine(t, l))
			sent.Lots++
			if l.Inferred {
				sent.InferredLots++
			}
		}
		for _, r := range p.Runs {
			name := r.ProductionOrderCode + "#" + r.RunCode
			enter(r.Ref, name, "run "+name)
			a.Runs = append(a.Runs, lineagetest.RunLine(name, words[r.Direction], int(r.Depth), r.FinishedAt == nil))
			sent.Runs++
		}
		for _, e := range p.Edges {
			a.Edges = append(a.Edges, edgeLine(t, e, refer))
			sent.Edges++
		}
		for _, r := range p.Receipts {
			a.Receipts = append(a.Receipts, lineagetest.ReceiptLine(refer(r.LotRef), r.Quantity.String(), r.SupplierCode, r.PurchaseOrderCode, r.OrderLineNumber))
			if r.ReceiptCode != "R-"+r.SupplierCode || r.SupplierName != "The "+r.SupplierCode || !r.ReceivedAt.Equal(lineagetest.Began) || r.BaseUnit != lineagetest.Unit {
				t.Errorf("receipt %+v", r)
			}
			sent.Receipts++
		}
		for _, s := range p.Shipments {
			a.Shipments = append(a.Shipments, lineagetest.ShipmentLine(refer(s.LotRef), s.Quantity.String(), s.CustomerCode, s.ShipmentCode, s.SalesOrderCode, s.OrderLineNumber))
			if s.CustomerName != "The "+s.CustomerCode || s.CustomerContact != s.CustomerCode+" QA, +1" || s.DeliveryDate == nil || s.DeliveryDate.Day() != 1 ||
				!s.ShippedAt.Equal(lineagetest.Shipped) || s.BaseUnit != lineagetest.Unit {
				t.Errorf("shipment %+v", s)
			}
			sent.Shipments++
		}
	}
	s := parts[len(parts)-1].Summary
	if s == nil {
		t.Fatal("no summary")
	}
	counts := lineage.Summary{Lots: s.Lots, InferredLots: s.InferredLots, Runs: s.Runs, Edges: s.Edges, Receipts: s.Receipts, Shipments: s.Shipments}
	if !reflect.DeepEqual(counts, sent) {
		t.Errorf("summary counts %+v, sent was %+v", counts, sent)
	}
	if age := time.Since(s.ReadAt); age < -time.Minute || age > time.Minute {
		t.Errorf("read at %s", s.ReadAt)
	}
	a.Stopped, a.Hidden, a.Customers, a.Suppliers = int(s.StoppedLots), int(s.HiddenLots), int(s.Customers), int(s.Suppliers)
	a.Elsewhere, a.Outside = int(s.ElsewhereLots), int(s.OutsideLots)
	a.OpenRuns, a.MaxDepth = int(s.OpenRuns), int(s.MaxDepth)
	a.Sort()
	return a, s
}

var words = map[lineage.Direction]string{lineage.Forward: "forward", lineage.Backward: "backward"}

func lotLine(t tester, l lineage.Lot) string {
	t.Helper()
	name := l.SKU + "/" + l.LotCode
	stock := lineagetest.Stock{}
	for _, s := range l.Stocks {
		var n int64
		if _, err := fmt.Sscan(s.OnHand.String(), &n); err != nil || n == 0 {
			t.Errorf("%s has %q at %q", name, s.OnHand, s.LocationCode)
		}
		*map[string]*int64{"A": &stock.A, "B": &stock.B}[s.LocationCode] = n
	}
	if l.OnHand().String() != fmt.Sprint(stock.A+stock.B) || l.Inferred != lineagetest.Inferred(name) || l.ItemName != "The "+l.SKU {
		t.Errorf("lot %+v", l)
	}
	return lineagetest.LotLine(name, words[l.Direction], int(l.Depth), stock.String())
}

func edgeLine(t tester, e lineage.Edge, refer func(int32) string) string {
	t.Helper()
	if e.BaseUnit != lineagetest.Unit || e.FirstAt.Before(lineagetest.Began) || e.LastAt.Before(e.FirstAt) {
		t.Errorf("edge %+v", e)
	}
	if e.Kind == lineage.Output {
		return lineagetest.OutputLine(refer(e.RunRef), e.Quantity.String(), refer(e.LotRef))
	}
	return lineagetest.ConsumptionLine(refer(e.LotRef), e.Quantity.String(), refer(e.RunRef))
}
