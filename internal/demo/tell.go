package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/treeview"
	"github.com/lottrail/lottrail/internal/wording"
)

// Heading starts a part of what is told, in bold on a terminal.
func Heading(w io.Writer, text string) {
	if f, ok := w.(*os.File); ok && treeview.IsTerminal(f) {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	fmt.Fprintf(w, "\n%s\n", text)
}

// teller puts calls and their answers into words. What it says comes from the
// answers, not from the story.
type teller struct{ w io.Writer }

// width is how long a line may get before it is broken.
const width = 76

// line tells something with the time at which it happened, if it has one.
func (t teller) line(when, format string, args ...any) {
	var text string
	for word := range strings.FieldsSeq(fmt.Sprintf(format, args...)) {
		switch {
		case text == "":
			text = word
		case utf8.RuneCountInString(text)+1+utf8.RuneCountInString(word) > width:
			fmt.Fprintf(t.w, "  %-12s  %s\n", when, text)
			when, text = "", "  "+word // what goes on is set in
		default:
			text += " " + word
		}
	}
	fmt.Fprintf(t.w, "  %-12s  %s\n", when, text)
}

func clock(at *timestamppb.Timestamp) string {
	zone, err := civil.Zone(timeZone)
	if at == nil || err != nil {
		return ""
	}
	return at.AsTime().In(zone).Format("2 Jan 15:04")
}

func (t teller) answer(request, response proto.Message, note string) {
	if note != "" {
		defer t.line("", "(%s)", note)
	}
	switch r := response.(type) {
	case *pb.BatchUpsertItemsResponse:
		t.line("", "%d items: %s", len(r.GetItems()), names(r.GetItems()))
	case *pb.BatchUpsertPartiesResponse:
		t.line("", "%d parties: %s", len(r.GetParties()), names(r.GetParties()))
	case *pb.BatchUpsertLocationsResponse:
		t.line("", "%d locations: %s", len(r.GetLocations()), names(r.GetLocations()))
	case *pb.UpsertPurchaseOrderResponse:
		t.line("", "purchase order %s to %s: %s", r.GetPurchaseOrder().GetCode(), r.GetPurchaseOrder().GetSupplierCode(), ordered(r.GetPurchaseOrder().GetLines()))
	case *pb.ReceiveResponse:
		t.receipt(r.GetReceipt())
	case *pb.MoveLotsResponse:
		for _, m := range r.GetMovements() {
			t.line(clock(m.GetOccurredAt()), "%s of %s: %s → %s", wording.Amount(m.GetQuantity()), wording.Code(m.GetLot().GetLotCode()), m.GetFromLocationCode(), m.GetToLocationCode())
		}
	case *pb.LocateLotResponse:
		var places []string
		for _, s := range r.GetStocks() {
			places = append(places, wording.Amount(s.GetOnHand())+" at "+s.GetLocationCode())
		}
		t.line("", "where is %s? %s", request.(*pb.LocateLotRequest).GetLotCode(), strings.Join(places, ", "))
	case *pb.ListLocationContentsResponse:
		var lots []string
		for _, c := range r.GetContents() {
			lots = append(lots, wording.Amount(c.GetOnHand())+" of "+c.GetLot().GetLotCode())
		}
		t.line("", "what is in %s? %s", request.(*pb.ListLocationContentsRequest).GetLocationCode(), strings.Join(lots, ", "))
	case *pb.ConsumeLotsResponse:
		t.line(when(r.GetMovements()), "run %s takes %s", run(request.(*pb.ConsumeLotsRequest)), moved(r.GetMovements()))
	case *pb.RecordOutputsResponse:
		t.line(when(r.GetMovements()), "run %s gives %s", run(request.(*pb.RecordOutputsRequest)), moved(r.GetMovements()))
	case *pb.UpsertSalesOrderResponse:
		t.line("", "sales order %s of %s: %s", r.GetSalesOrder().GetCode(), r.GetSalesOrder().GetCustomerCode(), ordered(r.GetSalesOrder().GetLines()))
	case *pb.ShipResponse:
		t.manifest(r.GetManifest())
	case *pb.PlaceHoldResponse:
		t.line("", "hold %d on %s: %s", r.GetHold().GetNumber(), request.(*pb.PlaceHoldRequest).GetLotCode(), r.GetHold().GetReason())
	case *pb.ReleaseHoldResponse:
		t.line("", "hold %d on %s is released: %s", r.GetHold().GetNumber(), request.(*pb.ReleaseHoldRequest).GetLotCode(), r.GetHold().GetReleaseReason())
	}
}

func (t teller) receipt(r *pb.Receipt) {
	for _, l := range r.GetLines() {
		lot := "lot " + wording.Code(l.GetLotCode())
		if l.GetSupplierLotCode() != "" {
			lot += " (theirs: " + l.GetSupplierLotCode() + ")"
		}
		if l.GetTemperatureCelsius() != "" {
			lot += ", " + l.GetTemperatureCelsius() + "\u00a0°C"
		}
		t.line(clock(r.GetReceivedAt()), "receipt %s for %s: %s, %s", r.GetCode(), r.GetPurchaseOrderCode(), wording.Amount(l.GetQuantity()), lot)
	}
	for _, v := range r.GetVariances() {
		switch v.GetKind() {
		case pb.VarianceKind_VARIANCE_KIND_SHORT:
			t.line("", "%s ordered, %s: the variance is on record", wording.Amount(v.GetOrdered()), short(v.GetDifference()))
		case pb.VarianceKind_VARIANCE_KIND_OVER:
			t.line("", "%s ordered, %s over: the variance is on record", wording.Amount(v.GetOrdered()), wording.Amount(v.GetDifference()))
		}
	}
}

func short(difference *pb.Quantity) string {
	return strings.TrimPrefix(wording.Amount(difference), "-") + " short"
}

func (t teller) manifest(m *pb.Manifest) {
	var lots []string
	for _, l := range m.GetLines() {
		lots = append(lots, wording.Amount(l.GetQuantity())+" of "+l.GetLot().GetLotCode())
	}
	order := "no order"
	if m.GetSalesOrderCode() != "" {
		order = m.GetSalesOrderCode()
	}
	t.line(clock(m.GetShippedAt()), "shipment %s to %s (%s): %s", m.GetShipmentCode(), m.GetCustomerName(), order, strings.Join(lots, ", "))
}

func (t teller) refusal(request proto.Message, reason string, err error) {
	what := "the call"
	if ship, ok := request.(*pb.ShipRequest); ok {
		what = "shipment " + ship.GetShipmentCode()
	}
	t.line("", "%s is refused, %s: %s", what, reason, status.Convert(err).Message())
}

func when(movements []*pb.Movement) string {
	if len(movements) == 0 {
		return ""
	}
	return clock(movements[0].GetOccurredAt())
}

func run(r interface {
	GetProductionOrderCode() string
	GetRunCode() string
}) string {
	return r.GetProductionOrderCode() + "/" + r.GetRunCode()
}

func moved(movements []*pb.Movement) string {
	var lots []string
	for _, m := range movements {
		lots = append(lots, wording.Amount(m.GetQuantity())+" of "+wording.Code(m.GetLot().GetLotCode()))
	}
	return strings.Join(lots, ", ")
}

func names[N interface{ GetName() string }](things []N) string {
	var texts []string
	for _, thing := range things {
		texts = append(texts, thing.GetName())
	}
	return strings.Join(texts, ", ")
}

// ordered is what the lines of an order ask for.
func ordered[L interface {
	GetSku() string
	GetQuantity() *pb.Quantity
}](lines []L) string {
	var texts []string
	for _, l := range lines {
		texts = append(texts, wording.Amount(l.GetQuantity())+" "+l.GetSku())
	}
	return strings.Join(texts, ", ")
}
