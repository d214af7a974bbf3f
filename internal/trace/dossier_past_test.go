package trace_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// take notes what the dossiers said at a moment.
type take struct {
	step     string
	index    int64
	clock    *timestamppb.Timestamp
	dossiers map[string]*pb.GetDossierResponse
}

// bare is a dossier without what says of which moment it is.
func bare(d *pb.GetDossierResponse) *pb.GetDossierResponse {
	d = proto.CloneOf(d)
	d.Lot.KnownAt, d.Lot.AsOf = nil, nil
	d.Statement = &pb.DossierStatement{Complete: d.Statement.Complete, Counts: d.Statement.Counts}
	return d
}

func (w *works) take(step string, lots ...string) take {
	w.t.Helper()
	n := take{step, w.Sealed(w.t), nil, map[string]*pb.GetDossierResponse{}}
	var now time.Time
	w.must(w.DB.QueryRow(w.t.Context(), "SELECT clock_timestamp()").Scan(&now))
	n.clock = timestamppb.New(now)
	for _, lot := range lots {
		sku, code, _ := strings.Cut(lot, "/")
		n.dossiers[lot] = dossierOf(w.t, w.API, sku, code)
	}
	return n
}

// same asks for the dossiers again, at the moment when they were noted.
func (w *works) same(n take, at func(*pb.GetDossierRequest)) {
	w.t.Helper()
	for lot, then := range n.dossiers {
		req := &pb.GetDossierRequest{}
		req.Sku, req.LotCode, _ = strings.Cut(lot, "/")
		at(req)
		got, err := askDossier(w.t.Context(), w.API, req)
		if err != nil {
			w.t.Errorf("%s after %s: %v", lot, n.step, err)
			continue
		}
		if !proto.Equal(bare(got), bare(then)) {
			now, was := strings.Split(protojson.Format(bare(got)), "\n"), strings.Split(protojson.Format(bare(then)), "\n")
			at := 0
			for at < min(len(now), len(was)) && now[at] == was[at] {
				at++
			}
			w.t.Errorf("%s after %s, %v: from line %d on\n%s\nwas then\n%s", lot, n.step, req, at, strings.Join(now[at:min(at+20, len(now))], "\n"), strings.Join(was[at:min(at+20, len(was))], "\n"))
		}
		if (got.Lot.KnownAt == nil) != (req.KnownAt == nil) || (got.Lot.AsOf == nil) != (req.AsOf == nil) || !proto.Equal(got.Statement.AsOf, got.Lot.AsOf) {
			w.t.Errorf("%s after %s: %v, %v does not say its moment", lot, n.step, got.Lot, got.Statement)
		}
		if req.KnownAt != nil && (got.Statement.LogPosition.LogIndex != n.index || !strings.Contains(got.Statement.Statement, ", as known at log index ")) ||
			req.AsOf != nil && !strings.Contains(got.Statement.Statement, ", as the goods stood at "+req.AsOf.AsTime().Format(time.RFC3339Nano)) {
			w.t.Errorf("%s after %s: %s", lot, n.step, got.Statement.Statement)
		}
	}
}

// What was known stays known: whatever happens later, a dossier as known at a moment, or
// as the goods stood then, says in every section what it said then.
func TestDossierStaysAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := t.Context()
	flour := []string{"flour/1"}
	both := []string{"flour/1", "bread/1"}
	keys := func(lots ...string) (keys []*pb.LotKey) {
		for _, lot := range lots {
			sku, code, _ := strings.Cut(lot, "/")
			keys = append(keys, &pb.LotKey{Sku: sku, LotCode: code})
		}
		return keys
	}
	var finished, consumed int64
	var first, second string
	is := func(_ any, err error) { t.Helper(); w.must(err) }
	decide := func(decision pb.RecallDecision, lots ...string) {
		is(w.Recall.DecideRecallLots(ctx, &pb.DecideRecallLotsRequest{RequestId: apitest.ID(), CaseNumber: "Q-1", Decision: decision, Reason: "seen", Lots: keys(lots...)}))
	}
	scrap := func() {
		is(w.Lots.ScrapLots(ctx, &pb.ScrapLotsRequest{RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "wet", Lines: []*pb.ScrapLine{
			{Sku: "flour", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(3)}}}))
	}
	w.PushItem(t, &pb.Item{Sku: "flour", Name: "flour", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	w.items["flour"] = true
	type step struct {
		name string
		lots []string
		do   func()
	}
	play := func(steps []step) (notes []take) {
		for _, s := range steps {
			s.do()
			notes = append(notes, w.take(s.name, s.lots...))
		}
		return notes
	}
	straight := play([]step{
		{"a receipt", flour, func() { w.receiveDated("flour/1 60 + flour/2 60", "mill") }},
		{"a move", flour, func() {
			is(w.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{Sku: "flour", LotCode: "1", Quantity: quantity(5), FromLocationCode: apitest.Shelf, ToLocationCode: apitest.Line}}}))
		}},
		{"a consumption", flour, func() { w.consume("bake#1", "flour/1 20 + flour/2 1") }},
		{"an output", both, func() { w.output("bake#1", "bread/1 15") }},
		{"more of it", both, func() { w.output("bake#1", "bread/1 5 + crumbs/1 1") }},
		{"a finish", both, func() { w.finish("bake#1") }},
		{"a shipment", both, func() { first = w.ship("bread/1 4 + flour/1 2", "shop") }},
		{"a hold", both, func() {
			is(w.Lots.PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: "flour", LotCode: "1", LocationCode: apitest.Line, Reason: "smells"}))
		}},
		{"dates", both, func() {
			is(w.Lots.ChangeLotDates(ctx, &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: "flour", LotCode: "1", ExpiryDate: "2098-01-01", Reason: "tested"}))
		}},
		{"dates again", both, func() {
			is(w.Lots.ChangeLotDates(ctx, &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: "flour", LotCode: "1", ExpiryDate: "2097-01-01", Reason: "tested"}))
		}},
		{"a release", both, func() {
			is(w.Lots.ReleaseHold(ctx, &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: "flour", LotCode: "1", Number: 1, Reason: "does not"}))
		}},
		{"a scrapping", both, scrap},
		{"a case", both, func() {
			is(w.Recall.OpenRecall(ctx, &pb.OpenRecallRequest{RequestId: apitest.ID(), CaseNumber: "Q-1", Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: keys("flour/1")}))
		}},
		{"its activation", both, func() {
			is(w.Recall.ActivateRecall(ctx, &pb.ActivateRecallRequest{RequestId: apitest.ID(), CaseNumber: "Q-1"}))
		}},
		{"a decision", both, func() { decide(pb.RecallDecision_RECALL_DECISION_KEEP, "flour/1") }},
		{"the same again", both, func() { decide(pb.RecallDecision_RECALL_DECISION_KEEP, "flour/1") }},
		{"another", both, func() { decide(pb.RecallDecision_RECALL_DECISION_RELEASE, "bread/1", "crumbs/1") }},
		{"its end", both, func() {
			is(w.Recall.CloseRecall(ctx, &pb.CloseRecallRequest{RequestId: apitest.ID(), CaseNumber: "Q-1", Reason: "done"}))
		}},
		{"one more shipment", both, func() { second = w.ship("bread/1 1", "shop") }},
	})
	bent := play([]step{
		{"a shipment taken back", both, func() { w.takeBack(0, first) }},
		{"the other taken back", both, func() { w.takeBack(0, second) }},
		{"rework", both, func() { consumed = w.consume("again#1", "bread/1 2") }},
		{"what it made", both, func() { w.output("again#1", "crumbs/2 1") }},
		{"its finish", both, func() { finished = w.finish("again#1") }},
		{"that taken back", both, func() { w.takeBack(finished, "") }},
		{"the rework taken back", both, func() { w.takeBack(consumed, "") }},
		{"scrapped once more", both, scrap},
		{"that taken back too", both, func() { w.takeBack(w.Sealed(t), "") }},
	})
	end := straight[len(straight)-1].index
	for _, n := range slices.Concat(straight, bent) {
		w.same(n, func(req *pb.GetDossierRequest) { req.KnownAt = index(int(n.index)) })
		w.same(n, func(req *pb.GetDossierRequest) { req.KnownAt, req.AsOf = index(int(n.index)), n.clock })
	}
	for _, n := range straight {
		n.index = end
		w.same(n, func(req *pb.GetDossierRequest) { req.KnownAt, req.AsOf = index(int(end)), n.clock })
	}
}

// As the goods stood: what was recorded late had occurred, and what was taken back never
// did, but for the fact that this was recorded.
func TestDossierAsOf(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := t.Context()
	w.receive("flour/1 60", "mill")
	shipment := w.ship("flour/1 10", "shop")
	between := w.take("all of it")
	w.takeBack(0, shipment)
	if _, err := w.Dispatch.Ship(ctx, &pb.ShipRequest{
		RequestId: apitest.ID(), ShipmentCode: "LATE", CustomerCode: "shop", ShippedAt: timestamppb.New(between.clock.AsTime().Add(-time.Microsecond)),
		Lines: []*pb.ShipmentLine{{Sku: "flour", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(7)}},
	}); err != nil {
		t.Fatal(err)
	}
	w.Sealed(t)
	ask := func(known *pb.KnownAt) []string {
		t.Helper()
		d, err := askDossier(ctx, w.API, &pb.GetDossierRequest{Sku: "flour", LotCode: "1", KnownAt: known, AsOf: between.clock})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range d.Stays {
			s.From, s.Until = nil, nil
		}
		return slices.DeleteFunc(tellDossier(d), func(line string) bool {
			return strings.HasPrefix(line, "receipt") || strings.HasPrefix(line, "party") || strings.HasPrefix(line, "rotation") || strings.HasPrefix(line, "worth")
		})
	}
	for _, c := range []struct {
		known *pb.KnownAt
		want  []string
	}{
		{nil, []string{"lot flour/1 mill: +60 kg +0 kg -0 kg -7 kg -0 kg 0 kg = 53 kg", "shipment SH-2/1 /0 to shop by : 10 kg, to arrive  taken back: it was not so",
			"shipment LATE/1 /0 to shop by : 7 kg, to arrive", "now PLANT›SHELF-1 53 kg", "at SHELF-1 01 00:00 to now, at most 60 kg"}},
		{index(int(between.index)), []string{"lot flour/1 mill: +60 kg +0 kg -0 kg -10 kg -0 kg 0 kg = 50 kg", "shipment SH-2/1 /0 to shop by : 10 kg, to arrive",
			"now PLANT›SHELF-1 50 kg", "at SHELF-1 01 00:00 to now, at most 60 kg"}},
	} {
		if got := ask(c.known); !slices.Equal(got, c.want) {
			t.Errorf("as of the shipment, known at %v:\n%s\nwant\n%s", c.known, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	for _, req := range []*pb.GetDossierRequest{{KnownAt: index(0)}, {AsOf: timestamppb.New(between.clock.AsTime().AddDate(-1, 0, 0))}} {
		req.Sku, req.LotCode = "flour", "1"
		_, err := askDossier(ctx, w.API, req)
		apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
	}
	_, err := askDossier(ctx, w.API, &pb.GetDossierRequest{Sku: "flour", LotCode: "1", AsOf: timestamppb.New(time.Now().Add(time.Hour))})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "IN_THE_FUTURE", "as_of")
}

// receiveDated is receive, with an expiry of each lot that is a day later than that of the
// one before it.
func (w *works) receiveDated(text, supplier string) {
	w.t.Helper()
	w.PushParty(w.t, &pb.Party{Code: supplier, Name: supplier, Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER}})
	order := &pb.PurchaseOrder{Code: "PO", SupplierCode: supplier}
	req := &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: w.paper("RC"), PurchaseOrderCode: "PO"}
	lots, amounts := w.amounts(text)
	for i, lot := range lots {
		n := int32(i + 1)
		order.Lines = append(order.Lines, &pb.PurchaseOrderLine{LineNumber: n, Sku: lot.Sku, Quantity: amounts[i]})
		req.Lines = append(req.Lines, &pb.ReceiptLine{
			PurchaseOrderLineNumber: n, LotCode: lot.LotCode, Quantity: amounts[i], LocationCode: apitest.Shelf, TemperatureCelsius: "4",
			ExpiryDate: time.Date(2099, 1, i+1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), UnitCost: &pb.UnitCost{Amount: "0.5", Currency: "EUR", Unit: "KGM"},
		})
	}
	_, err := w.Receiving.UpsertPurchaseOrder(w.t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order})
	w.must(err)
	_, err = w.Receiving.Receive(w.t.Context(), req)
	w.must(err)
}
