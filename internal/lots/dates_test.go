package lots_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/expiry"
)

// in is the day so many days from now, in the house's time zone give or take one.
func in(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }

// receiveWith takes a lot in, 10 of its base unit, with the dates and the cost of a line.
func (s *store) receiveWith(sku, unit, lotCode, location string, line *pb.ReceiptLine) *pb.Receipt {
	s.t.Helper()
	order := apitest.ID()
	_, err := s.Receiving.UpsertPurchaseOrder(s.t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: order, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: amount("10", unit)}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	line = proto.CloneOf(line)
	line.PurchaseOrderLineNumber, line.LotCode, line.LocationCode = 1, lotCode, location
	if line.Quantity == nil {
		line.Quantity = amount("10", unit)
	}
	resp, err := s.Receiving.Receive(s.t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: order, PurchaseOrderCode: order, Lines: []*pb.ReceiptLine{line},
	})
	return must(s.t, resp, err).Receipt
}

func (s *store) shipOne(code, sku, lotCode, unit, location string) (*pb.Manifest, error) {
	resp, err := s.Dispatch.Ship(s.t.Context(), &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{
		{Sku: sku, LotCode: lotCode, LocationCode: location, Quantity: amount("1", unit)},
	}})
	return resp.GetManifest(), err
}

func (s *store) mustShip(code, sku, lotCode, unit, location string) *pb.Manifest {
	s.t.Helper()
	manifest, err := s.shipOne(code, sku, lotCode, unit, location)
	return must(s.t, manifest, err)
}

// dates are those of a lot as "production/best before/expiry/removal".
func dates(d interface {
	GetProductionDate() string
	GetBestBeforeDate() string
	GetExpiryDate() string
	GetRemovalDate() string
}) string {
	return strings.Join([]string{d.GetProductionDate(), d.GetBestBeforeDate(), d.GetExpiryDate(), d.GetRemovalDate()}, "/")
}

// Dates that are given with the goods are in all answers, as they were then, and
// past its removal date a lot is not shipped.
func TestDatesOfALot(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	receipt := s.receiveWith(oil, "LTR", "O", apitest.Shelf, &pb.ReceiptLine{ProductionDate: in(-9), BestBeforeDate: in(5), ExpiryDate: in(9), RemovalDate: in(3)})
	want := fmt.Sprintf("%s/%s/%s/%s", in(-9), in(5), in(9), in(3))
	if got := dates(receipt.Lines[0]); got != want {
		t.Errorf("receipt %s, want %s", got, want)
	}
	manifest := s.mustShip("S-1", oil, "O", "LTR", apitest.Shelf)
	change := &pb.ChangeLotDatesRequest{
		RequestId: apitest.ID(), Sku: oil, LotCode: "O", ExpiryDate: in(8), DropDates: []pb.LotDate{pb.LotDate_LOT_DATE_BEST_BEFORE}, RemovalDate: in(-3),
		Reason: "smells", RetestReference: "LAB-1",
	}
	before := s.Sealed(t)
	first, err := s.Lots.ChangeLotDates(t.Context(), change)
	must(t, first, err)
	is := fmt.Sprintf("%s//%s/%s", in(-9), in(8), in(-3))
	if c := first.Change; dates(c.Before) != want || dates(c.After) != is || c.Number != 1 || c.Reason != "smells" || c.RetestReference != "LAB-1" || c.ChangedBy != "default" || c.ChangedAt == nil || first.ReleasedHoldNumber != 0 {
		t.Errorf("changed %v", first)
	}
	if again, err := s.Lots.ChangeLotDates(t.Context(), change); !proto.Equal(must(t, again, err), first) {
		t.Errorf("again %v", again)
	}
	if got := dates(s.lot(oil, "O").Lot); got != is {
		t.Errorf("now %s, want %s", got, is)
	}
	s.Sealed(t)
	for known, want := range map[int64]string{before: want, before + 1: is} {
		resp, err := s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: oil, LotCode: "O", KnownAt: index(known)})
		if got := dates(must(t, resp, err).Lot); got != want {
			t.Errorf("known at %d: %s, want %s", known, got, want)
		}
		contents, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Shelf, KnownAt: index(known)})
		if got := must(t, contents, err).Contents[0].ExpiryDate; !strings.Contains(want, "/"+got+"/") {
			t.Errorf("contents known at %d: %s, want %s", known, got, want)
		}
		trace, err := s.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{Sku: oil, LotCode: "O", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, KnownAt: index(known)})
		if got := must(t, trace, err).Part.Lots[0].ExpiryDate; !strings.Contains(want, "/"+got+"/") {
			t.Errorf("trace known at %d: %s, want %s", known, got, want)
		}
	}
	got, err := s.Receiving.GetReceipt(t.Context(), &pb.GetReceiptRequest{Code: receipt.Code})
	if must(t, got, err); !proto.Equal(got.Receipt, receipt) {
		t.Errorf("the receipt has become %v", got.Receipt)
	}
	later, err := s.Dispatch.GetManifest(t.Context(), &pb.GetManifestRequest{ShipmentCode: "S-1"})
	if must(t, later, err); !proto.Equal(later.Manifest, manifest) || manifest.Lines[0].BestBeforeDate != in(5) {
		t.Errorf("the manifest has become %v, was %v", later.Manifest, manifest)
	}
	_, err = s.shipOne("S-2", oil, "O", "LTR", apitest.Shelf)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_PAST_REMOVAL", "lines[0]")
}

// Of an item that is not tracked, what is past its removal date is passed over by
// shipments alone.
func TestDrawingPastTheRemovalDate(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first := s.receiveWith(apitest.Salt, "GRM", "", apitest.Shelf, &pb.ReceiptLine{RemovalDate: in(-2)})
	second := s.receiveWith(apitest.Salt, "GRM", "", apitest.Shelf, &pb.ReceiptLine{})
	manifest := s.mustShip("S", apitest.Salt, "", "GRM", apitest.Shelf)
	if got := manifest.Lines[0].Lot.LotCode; len(manifest.Lines) != 1 || got != second.Lines[0].LotCode {
		t.Errorf("shipped %q, want %q", got, second.Lines[0].LotCode)
	}
	if got := s.mustMove(apitest.Salt + " 10 GRM " + apitest.Shelf + " > " + apitest.Line); len(got) != 1 || !strings.Contains(got[0], first.Lines[0].LotCode) {
		t.Errorf("moved %q, want %q", got, first.Lines[0].LotCode)
	}
	_, err := s.shipOne("S-2", apitest.Salt, "", "GRM", apitest.Line)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
}

// The history has every change, in pages.
func TestListLotDateChanges(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receiveWith(oil, "LTR", "O", apitest.Shelf, &pb.ReceiptLine{ExpiryDate: in(9)})
	for i := 1; i <= 3; i++ {
		_, err := s.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "O", ExpiryDate: in(9 - i), Reason: fmt.Sprint("reason ", i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	req := &pb.ListLotDateChangesRequest{Sku: oil, LotCode: "O", PageSize: 2}
	for range 2 {
		resp, err := s.Lots.ListLotDateChanges(t.Context(), req)
		for _, c := range must(t, resp, err).Changes {
			got = append(got, fmt.Sprintf("%d %s > %s %s", c.Number, dates(c.Before), dates(c.After), c.Reason))
		}
		req.PageToken = resp.NextPageToken
	}
	same(t, "history", got, []string{
		fmt.Sprintf("1 //%s/ > //%s/ reason 1", in(9), in(8)), fmt.Sprintf("2 //%s/ > //%s/ reason 2", in(8), in(7)), fmt.Sprintf("3 //%s/ > //%s/ reason 3", in(7), in(6)),
	})
	if req.PageToken != "" {
		t.Errorf("and more: %q", req.PageToken)
	}
}

// What was held because its day had passed is free once a test says that it is good
// for longer, in the same operation; what others hold it for stands.
func TestExtendingReleases(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	look := func(held int) {
		t.Helper()
		if looked, err := expiry.Look(t.Context(), s.DB, 1, time.Now()); err != nil || looked.Held != held {
			t.Errorf("%+v, %v; want %d held", looked, err, held)
		}
	}
	change := func(expiry, retest string, released int32) {
		t.Helper()
		resp, err := s.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "O", ExpiryDate: expiry, Reason: "retested", RetestReference: retest})
		if got := must(t, resp, err).ReleasedHoldNumber; got != released {
			t.Errorf("to %s: hold %d was released, want %d", expiry, got, released)
		}
	}
	s.receiveWith(oil, "LTR", "O", apitest.Shelf, &pb.ReceiptLine{ExpiryDate: in(-30)})
	look(1)
	if _, err := s.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "O", Reason: "glass"}); err != nil {
		t.Fatal(err)
	}
	change(in(-20), "LAB-1", 0) // not long enough: the hold stands, and there is no other
	look(0)
	change(in(20), "LAB-2", 1)
	look(0)
	_, err := s.shipOne("S", oil, "O", "LTR", apitest.Shelf)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	change(in(-10), "", 0) // a mistake: it is held again
	look(1)
	change(in(-20), "", 0)
	look(0)
	if _, err := s.Lots.ReleaseHold(t.Context(), &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "O", Number: 3, Reason: "to be returned"}); err != nil {
		t.Fatal(err)
	}
	look(0) // somebody decided
	list, err := s.Lots.ListHolds(t.Context(), &pb.ListHoldsRequest{Sku: oil, LotCode: "O"})
	var got []string
	for _, h := range must(t, list, err).Holds {
		got = append(got, fmt.Sprintf("%s by %s, %v %s", h.Reason, h.PlacedBy, h.Active, h.ReleaseReason))
	}
	same(t, "holds", got, []string{
		"expiry date " + in(-30) + " has passed by lottrail/expiry, false retested",
		"glass by default, true ",
		"expiry date " + in(-10) + " has passed by lottrail/expiry, false to be returned",
	})
	s.Sealed(t)
	log, err := s.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_DATE_CHANGE}})
	must(t, log, err)
	op := log.Entries[1].Operation
	if f := op.DateChanges[0]; f.Lot.LotCode != "O" || f.Number != 2 || f.RetestReference != "LAB-2" || f.After.ExpiryDate != in(20) ||
		len(op.Holds) != 1 || op.Holds[0].Action != pb.HoldAction_HOLD_ACTION_RELEASED {
		t.Errorf("the log has %v", op)
	}
	dbtest.CheckLog(t, s.DB)
}

// Changes of one lot at once come one after the other, each from what the one before
// had made.
func TestDateChangesAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receiveWith(oil, "LTR", "O", apitest.Shelf, &pb.ReceiptLine{ExpiryDate: in(100)})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := s.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{
				RequestId: apitest.ID(), Sku: oil, LotCode: "O", ExpiryDate: in(50 + i), Reason: "at once", RetestReference: "LAB",
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := s.Lots.ListLotDateChanges(t.Context(), &pb.ListLotDateChangesRequest{Sku: oil, LotCode: "O"})
	was, seen := in(100), []string{}
	for i, c := range must(t, list, err).Changes {
		if c.Number != int32(i+1) || c.Before.ExpiryDate != was {
			t.Errorf("change %d is from %s, want %s", c.Number, c.Before.ExpiryDate, was)
		}
		was = c.After.ExpiryDate
		seen = append(seen, was)
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 8 || s.lot(oil, "O").Lot.ExpiryDate != was {
		t.Errorf("%q, and the lot has %s", seen, s.lot(oil, "O").Lot.ExpiryDate)
	}
}
