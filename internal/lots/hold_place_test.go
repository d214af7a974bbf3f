package lots_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func (s *store) holdAt(sku, lot, location string, reason pb.HoldReason) *pb.Hold {
	s.t.Helper()
	resp, err := s.Lots.PlaceHold(s.t.Context(), &pb.PlaceHoldRequest{
		RequestId: apitest.ID(), Sku: sku, LotCode: lot, LocationCode: location, ReasonCode: reason, Reason: "dented drum",
	})
	return must(s.t, resp, err).Hold
}

// A hold on what is of a lot at a location stops that and nothing else, and goes
// along with what is moved from there.
func TestHoldAtLocation(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	s.mustMove("OIL/L-1 4 LTR " + bin1 + " > " + bin2)
	hold := s.holdAt(oil, "L-1", bin2, pb.HoldReason_HOLD_REASON_DAMAGE)
	if hold.LocationCode != bin2 || hold.ReasonCode != pb.HoldReason_HOLD_REASON_DAMAGE || hold.Number != 1 {
		t.Errorf("hold %v", hold)
	}
	if err := s.ship("SH-1", oil, "L-1", "1", "LTR", bin1); err != nil {
		t.Errorf("from where it is not held: %v", err)
	}
	err := s.ship("SH-2", oil, "L-1", "1", "LTR", bin2)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	if !strings.Contains(err.Error(), `is on hold at location "`+bin2+`" and cannot be shipped: hold 1 (dented drum)`) {
		t.Errorf("refusal %v", err)
	}
	// Moved on twice: held where it goes to, once each.
	s.mustMove("OIL/L-1 2 LTR "+bin2+" > "+apitest.Shelf, "OIL/L-1 1 LTR "+bin2+" > "+apitest.Shelf)
	s.mustMove("OIL/L-1 1 LTR " + bin2 + " > " + apitest.Shelf)
	apitest.WantRefusal(t, s.ship("SH-3", oil, "L-1", "1", "LTR", apitest.Shelf), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	got := s.lot(oil, "L-1")
	if len(got.ActiveHolds) != 2 || got.ActiveHolds[1].LocationCode != apitest.Shelf || got.ActiveHolds[1].ReasonCode != pb.HoldReason_HOLD_REASON_DAMAGE || got.Lot.ActiveHoldCount != 2 {
		t.Errorf("holds %v", got.ActiveHolds)
	}
	if err := s.ship("SH-4", oil, "L-1", "1", "LTR", bin1); err != nil {
		t.Errorf("from where it is still not held: %v", err)
	}
	// Brought back among what is free, all of it there is held.
	s.mustMove("OIL/L-1 1 LTR " + apitest.Shelf + " > " + bin1)
	apitest.WantRefusal(t, s.ship("SH-5", oil, "L-1", "1", "LTR", bin1), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	for number := range int32(3) {
		if _, err := s.release(oil, "L-1", number+1); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ship("SH-6", oil, "L-1", "1", "LTR", apitest.Shelf); err != nil {
		t.Error(err)
	}
	s.Sealed(t)
	log, err := s.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_TRANSFER}, PageSize: 100})
	must(t, log, err)
	var carried []string
	for _, e := range log.Entries {
		for _, h := range e.Operation.Holds {
			carried = append(carried, h.LocationCode+" "+h.ReasonCode.String())
		}
	}
	same(t, "holds that went along", carried, []string{apitest.Shelf + " HOLD_REASON_DAMAGE", bin1 + " HOLD_REASON_DAMAGE"})
}

// Taking a move back is no way round a hold at the place that it went to.
func TestReverseMoveToWhereItIsHeld(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	s.mustMove("OIL/L-1 4 LTR " + bin1 + " > " + bin2)
	moved := s.Sealed(t)
	s.holdAt(oil, "L-1", bin2, pb.HoldReason_HOLD_REASON_DAMAGE)
	apitest.WantRefusal(t, s.reverseIndex(moved), codes.FailedPrecondition, "LOT_HELD", "")
	apitest.WantRefusal(t, s.ship("SH-1", oil, "L-1", "1", "LTR", bin2), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	if _, err := s.release(oil, "L-1", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.reverseIndex(moved); err != nil {
		t.Fatal(err)
	}
	if got := s.stock(oil, "L-1"); got != "10@"+bin1 {
		t.Errorf("stock %q", got)
	}
}

func TestHoldPlaceRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	req := func(change func(*pb.PlaceHoldRequest)) error {
		r := &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "L-1", Reason: "why"}
		change(r)
		_, err := s.Lots.PlaceHold(t.Context(), r)
		return err
	}
	apitest.WantRefusal(t, req(func(r *pb.PlaceHoldRequest) { r.LocationCode = "NOWHERE" }), codes.NotFound, "UNKNOWN_LOCATION", "location_code")
	apitest.WantRefusal(t, req(func(r *pb.PlaceHoldRequest) { r.ReasonCode = pb.HoldReason_HOLD_REASON_RECALL }), codes.InvalidArgument, "HOLD_OF_RECALL", "reason_code")
	apitest.WantRefusal(t, req(func(r *pb.PlaceHoldRequest) { r.Until = timestamppb.New(time.Now().Add(-time.Minute)) }), codes.InvalidArgument, "IN_THE_PAST", "until")
	until := timestamppb.New(time.Now().Add(time.Hour).Truncate(time.Microsecond))
	if err := req(func(r *pb.PlaceHoldRequest) { r.Until = until }); err != nil {
		t.Fatal(err)
	}
	if holds := s.lot(oil, "L-1").ActiveHolds; len(holds) != 1 || !holds[0].Until.AsTime().Equal(until.AsTime()) {
		t.Errorf("holds %v", holds)
	}
}

// Whatever came under a supplier's lot code, or with a receipt, is held at once.
func TestHoldLots(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	receipt := s.receive(oil, "L-2", "LTR", bin1, "2024-01-01", "2030-01-01")
	hold := func(req *pb.HoldLotsRequest) ([]string, error) {
		req.RequestId, req.Reason, req.ReasonCode = apitest.ID(), "glass at the press", pb.HoldReason_HOLD_REASON_SUPPLIER_NOTICE
		resp, err := s.Lots.HoldLots(t.Context(), req)
		var held []string
		for _, h := range resp.GetHolds() {
			held = append(held, h.Lot.Sku+"/"+h.Lot.LotCode)
		}
		return held, err
	}
	supplierLot := func(supplier, code string) *pb.HoldLotsRequest {
		return &pb.HoldLotsRequest{Scope: &pb.HoldLotsRequest_SupplierLot{SupplierLot: &pb.SupplierLot{SupplierCode: supplier, SupplierLotCode: code}}}
	}
	ofReceipt := func(code string) *pb.HoldLotsRequest {
		return &pb.HoldLotsRequest{Scope: &pb.HoldLotsRequest_ReceiptCode{ReceiptCode: code}}
	}
	got, err := hold(supplierLot(apitest.Supplier, "S/L-1"))
	same(t, "of the supplier's lot", must(t, got, err), []string{"OIL/L-1"})
	got, err = hold(ofReceipt(receipt))
	same(t, "of the receipt", must(t, got, err), []string{"OIL/L-2"})
	apitest.WantRefusal(t, s.ship("SH-1", oil, "L-1", "1", "LTR", bin1), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	apitest.WantRefusal(t, s.ship("SH-2", oil, "L-2", "1", "LTR", bin1), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	for _, c := range []struct {
		req    *pb.HoldLotsRequest
		code   codes.Code
		reason string
		field  string
	}{
		{supplierLot("NOBODY", "S/L-1"), codes.NotFound, "UNKNOWN_PARTY", "supplier_lot.supplier_code"},
		{supplierLot(apitest.Customer, "S/L-1"), codes.InvalidArgument, "PARTY_KIND_DIFFERS", "supplier_lot.supplier_code"},
		{supplierLot(apitest.Supplier, "S/L-9"), codes.NotFound, "UNKNOWN_SUPPLIER_LOT", "supplier_lot.supplier_lot_code"},
		{ofReceipt("RC-9"), codes.NotFound, "UNKNOWN_RECEIPT", "receipt_code"},
	} {
		_, err := hold(c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	// What came with a receipt that was taken back did not come.
	if _, err := s.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: receipt}, Reason: "wrong truck",
	}); err != nil {
		t.Fatal(err)
	}
	_, err = hold(ofReceipt(receipt))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RECEIPT_REVERSED", "receipt_code")
}

// What came under a supplier's lot code while HoldLots waited for a lot of it is held, too.
func TestHoldLotsThatCameMeanwhile(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	drum := &pb.ReceiptLine{SupplierLotCode: "S-7", ExpiryDate: "2030-01-01"}
	s.receiveWith(oil, "LTR", "L-1", bin1, drum)
	conn, err := pgx.Connect(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "BEGIN; SELECT FROM lot WHERE lot_code = 'L-1' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	held := make(chan []*pb.LotHold, 1)
	go func() {
		resp, err := s.Lots.HoldLots(t.Context(), &pb.HoldLotsRequest{RequestId: apitest.ID(), ReasonCode: pb.HoldReason_HOLD_REASON_QUALITY, Reason: "glass", Scope: &pb.HoldLotsRequest_SupplierLot{
			SupplierLot: &pb.SupplierLot{SupplierCode: apitest.Supplier, SupplierLotCode: "S-7"},
		}})
		if err != nil {
			t.Error(err)
		}
		held <- resp.GetHolds()
	}()
	dbtest.UntilWaiting(t, s.DB, 1, "the hold")
	s.receiveWith(oil, "LTR", "L-2", bin1, drum)
	if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if holds := <-held; len(holds) != 2 || holds[1].Lot.LotCode != "L-2" || s.lot(oil, "L-2").Lot.ActiveHoldCount != 1 {
		t.Errorf("held are %v, want L-1 and L-2", holds)
	}
}
