package recall_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// nasty is text that a page must show and not obey. Codes, names and reasons may all
// hold it.
const nasty = `<script>alert("x")</script>`

// newPlant is a house with everything that a packet tells of. F1, of the mill, went
// into the dough, all of which went on: into B1 by a run that is finished, and with
// F2, of the dairy, into R3, which is in process and has put B2 out. All of B2 has
// gone. F1 came in two receipts.
func newPlant(t testing.TB) *house {
	t.Helper()
	h := newHouse(t, "")
	ctx := t.Context()
	const supplier, customer = pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CUSTOMER
	h.PushItem(t, &pb.Item{Sku: "DOUGH", Name: nasty, BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT})
	for _, party := range []*pb.Party{
		{Code: "MILL", Name: "Oberland Mill", Kinds: []pb.PartyKind{supplier}, Contacts: []*pb.Contact{{Name: "Jonas Roth", Role: "quality", Phone: "+49 30 1001"}}},
		{Code: "DAIRY", Name: "Alm Dairy", Kinds: []pb.PartyKind{supplier}},
		{
			Code: "CAFE", Name: "Corner Café", Kinds: []pb.PartyKind{customer, supplier}, Gln: "4006381333931", Address: "Main Street 1\n10115 Berlin",
			Contacts: []*pb.Contact{{Name: "Otto", Role: "orders"}, {Name: "Mia Vogt", Role: "recall", Phone: "+49 30 2002", Email: "mia@cafe.example"}},
		},
		{Code: "HOTEL", Name: "Hotel " + nasty, Kinds: []pb.PartyKind{customer}},
	} {
		h.PushParty(t, party)
	}
	buy := func(order, supplier string, lines ...*pb.ReceiptLine) {
		t.Helper()
		h.must(h.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
			Code: "PO-" + order, SupplierCode: supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 7, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "100", Unit: "KGM"}}},
		}}))
		for i, line := range lines {
			line.PurchaseOrderLineNumber, line.LocationCode, line.AddToExisting = 7, apitest.Shelf, i > 0
			h.must(h.Receiving.Receive(ctx, &pb.ReceiveRequest{
				RequestId: apitest.ID(), ReceiptCode: "RC-" + order + "-" + string(rune('1'+i)), PurchaseOrderCode: "PO-" + order, Lines: []*pb.ReceiptLine{line},
				References: []*pb.Reference{{Kind: "delivery_note", Value: nasty}},
			}))
		}
	}
	flour := func(lot, theirs, quantity string) *pb.ReceiptLine {
		return &pb.ReceiptLine{LotCode: lot, SupplierLotCode: theirs, Quantity: &pb.Quantity{Value: quantity, Unit: "KGM"}, ProductionDate: "2026-03-20", ExpiryDate: "2099-12-31"}
	}
	buy("1", "MILL", flour("F1", "M88/17", "60"), flour("F1", "M88/17", "40"))
	buy("2", "DAIRY", flour("F2", "", "50"))
	h.tell(`
		start R1
		R1: FLOUR/F1 40 KGM @ SHELF-1
		R1 -> DOUGH/D1 30 KGM @ SHELF-1
		finish R1
		start R2
		R2: DOUGH/D1 20 KGM @ SHELF-1
		R2 -> BREAD/B1 20 H87 @ SHELF-1
		finish R2
		start R3
		R3: DOUGH/D1 10 KGM @ SHELF-1
		R3: FLOUR/F2 10 KGM @ SHELF-1
		R3 -> BREAD/B2 8 H87 @ SHELF-1
		move FLOUR/F1 20 KGM @ SHELF-1
	`)
	h.must(h.Dispatch.UpsertSalesOrder(ctx, &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: &pb.SalesOrder{
		Code: "SO-1", CustomerCode: "CAFE", Lines: []*pb.SalesOrderLine{{LineNumber: 3, Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "5", Unit: "H87"}}},
	}}))
	pieces := func(lot, n string) *pb.ShipmentLine {
		return &pb.ShipmentLine{Sku: apitest.Bread, LotCode: lot, Quantity: &pb.Quantity{Value: n, Unit: "H87"}, LocationCode: apitest.Shelf}
	}
	ordered := pieces("B1", "4")
	ordered.SalesOrderLineNumber = 3
	for _, req := range []*pb.ShipRequest{
		{ShipmentCode: "S-3", CustomerCode: "HOTEL", Lines: []*pb.ShipmentLine{pieces("B2", "5"), pieces("B1", "1")}},
		{ShipmentCode: "S-2", SalesOrderCode: "SO-1", DeliveryDate: "2099-01-02", Lines: []*pb.ShipmentLine{ordered}},
		{ShipmentCode: "S-1", CustomerCode: "HOTEL", Lines: []*pb.ShipmentLine{pieces("B2", "3")}},
	} {
		req.RequestId = apitest.ID()
		h.must(h.Dispatch.Ship(ctx, req))
	}
	return h
}

// parts takes a packet.
func (h *house) parts(caseNumber string) []*pb.GetRecallPacketResponse {
	h.t.Helper()
	stream, err := h.Recall.GetRecallPacket(h.t.Context(), &pb.GetRecallPacketRequest{CaseNumber: caseNumber})
	h.must(stream, err)
	var parts []*pb.GetRecallPacketResponse
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return parts
		}
		h.must(part, err)
		parts = append(parts, part)
	}
}

// whole is a packet put together.
func whole(parts []*pb.GetRecallPacketResponse) *pb.GetRecallPacketResponse {
	all := &pb.GetRecallPacketResponse{}
	for _, part := range parts {
		proto.Merge(all, part)
	}
	return all
}

// page takes a packet as a page.
func (h *house) page(caseNumber string) string { return h.pageAfter(0, caseNumber) }

// pageAfter takes a packet as a page, and lets the service get ahead first.
func (h *house) pageAfter(pause time.Duration, caseNumber string) string {
	h.t.Helper()
	stream, err := h.Recall.RenderRecallPacket(h.t.Context(), &pb.RenderRecallPacketRequest{CaseNumber: caseNumber})
	h.must(stream, err)
	page := ""
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return page
		}
		h.must(piece, err)
		if piece.GetBody().GetContentType() != "text/html; charset=utf-8" || len(piece.GetBody().GetData()) > 32<<10 {
			h.t.Errorf("a piece of %d bytes of %s", len(piece.GetBody().GetData()), piece.GetBody().GetContentType())
		}
		if page == "" {
			time.Sleep(pause)
		}
		page += string(piece.GetBody().GetData())
	}
}
