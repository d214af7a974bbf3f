package model_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

type kind string

const (
	receive kind = "receive"
	move    kind = "move"
	consume kind = "consume"
	output  kind = "output"
	ship    kind = "ship"
	hold    kind = "hold"
	release kind = "release"
	finish  kind = "finish"
	reverse kind = "reverse"
)

// operation is one call. Document is the receipt's or shipment's code; it
// belongs to the content. Of is which of the two a reversal takes back.
type operation struct {
	Kind     kind
	Request  string
	Document string
	Of       kind
	Run      int
	Add      bool
	Number   int
	Case     string
	Keep     bool
	Lines    []line
}

type line struct {
	Lot, From, To string
	Quantity      int
}

func (op operation) content() string {
	op.Request = ""
	return fmt.Sprintf("%+v", op)
}

// history is rounds of operations that are carried out at once.
type history [][]operation

func (h history) String() string {
	var text strings.Builder
	for i, round := range h {
		fmt.Fprintf(&text, "round %d:\n", i)
		for _, op := range round {
			fmt.Fprintf(&text, "  %+v\n", op)
		}
	}
	return text.String()
}

var (
	locations  = []string{apitest.Shelf, apitest.Line}
	bought     = []string{"F1", "F2", "F3"} // lots of the item that is received
	made       = []string{"B1", "B2", "B3"} // lots of the item that is put out
	everything = append(append([]string{}, bought...), made...)
)

// histories generates rounds over few lots, so that operations meet. About one
// in three comes under a request id that was used before, with the same content
// or with other. Some lots are there from the start, others may come about in
// several operations at once.
var histories = rapid.Custom(func(t *rapid.T) history {
	earlier := []operation{
		{Kind: receive, Request: "a", Document: "a", Lines: []line{{Lot: "F1", From: locations[0], Quantity: 6}}},
		{Kind: receive, Request: "b", Document: "b", Lines: []line{{Lot: "F2", From: locations[1], Quantity: 6}}},
		{Kind: output, Request: "c", Run: 1, Lines: []line{{Lot: "B1", From: locations[0], Quantity: 6}}},
		{Kind: output, Request: "d", Run: 2, Lines: []line{{Lot: "B2", From: locations[1], Quantity: 6}}},
	}
	h, kinds := history{slices.Clone(earlier)}, stockKinds
	if rapid.Bool().Draw(t, "recalls") {
		kinds = recallKinds
		earlier = append(earlier,
			operation{Kind: consume, Request: "e", Run: 1, Lines: []line{{Lot: "F1", From: locations[0], Quantity: 1}}},
			operation{Kind: open, Request: "f", Case: cases[0], Lines: []line{{Lot: "F1"}}})
		h = append(h, slices.Clone(earlier[4:]))
	}
	for range rapid.IntRange(6, 16).Draw(t, "rounds") {
		var round []operation
		for range rapid.IntRange(3, 5).Draw(t, "operations") {
			op := anOperation(t, kinds)
			op.Request = fmt.Sprintf("q%d", len(earlier))
			if op.Kind == reverse {
				op.Document, op.Of = aPaper(t, earlier)
			}
			if op.Kind == receive || op.Kind == ship {
				op.Document = fmt.Sprintf("d%d", len(earlier))
			}
			switch old := earlier[rapid.IntRange(0, len(earlier)-1).Draw(t, "old")]; rapid.IntRange(0, 9).Draw(t, "repeat") {
			case 0, 1:
				op = old
			case 2:
				op.Request = old.Request
			}
			earlier = append(earlier, op)
			round = append(round, op)
		}
		h = append(h, round)
	}
	return h
})

// The first ones are drawn more often.
var (
	stockKinds  = []kind{receive, receive, receive, move, move, consume, consume, output, output, ship, ship, adjust, adjust, scrap, reverse, reverse, hold, release, finish, redate, redate}
	recallKinds = []kind{consume, output, adjust, scrap, activate, ship, decide, receive, decide, open, output, consume, move, reverse, release, hold, end, finish}
)

// aPaper is a receipt or a shipment, most of which are there.
func aPaper(t *rapid.T, earlier []operation) (document string, of kind) {
	var papers []operation
	for _, op := range earlier {
		if op.Kind == receive || op.Kind == ship {
			papers = append(papers, op)
		}
	}
	p := papers[len(papers)-1-rapid.IntRange(0, min(len(papers)-1, 5)).Draw(t, "paper")]
	return p.Document, p.Kind
}

// standing are operations without those that were taken back, and without what took
// them back.
func standing(ops []operation) []operation {
	taken := map[string]bool{}
	for _, op := range ops {
		if op.Kind == reverse {
			taken[op.Document] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(ops), func(op operation) bool { return op.Kind == reverse || op.Document != "" && taken[op.Document] })
}

func anOperation(t *rapid.T, kinds []kind) operation {
	op := operation{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	// The first lot is hot, so that operations meet.
	lots, lines := append([]string{"F1", "F1", "F1", "F1"}, everything...), 1
	switch op.Kind {
	case receive:
		lots, op.Add = bought, rapid.IntRange(0, 3).Draw(t, "add") > 0
	case output:
		lots, op.Run = made, rapid.IntRange(1, 2).Draw(t, "run")
	case consume:
		op.Run, lines = rapid.IntRange(1, 2).Draw(t, "run"), rapid.IntRange(1, 2).Draw(t, "lines")
	case adjust:
		op.Add, lines = rapid.Bool().Draw(t, "add"), rapid.IntRange(1, 2).Draw(t, "lines")
	case move, ship, scrap:
		lines = rapid.IntRange(1, 2).Draw(t, "lines")
	case release:
		op.Number = rapid.IntRange(1, 2).Draw(t, "number")
	case finish:
		op.Run = rapid.IntRange(1, 2).Draw(t, "run")
		return op
	case reverse:
		return op
	case redate:
		lots = append([]string{"F1"}, bought...)
		op.aDate(t)
	case open, activate, decide, end:
		op.Case, op.Keep = cases[rapid.IntRange(0, 5).Draw(t, "case")/4], op.Kind == decide && rapid.IntRange(0, 3).Draw(t, "keep") == 0
		if op.Kind == activate || op.Kind == end {
			return op
		}
		if op.Kind == decide {
			lots = append([]string{"B1", "B1", "F1"}, everything...)
		}
	}
	for range lines {
		// Only what is sent belongs to the content.
		l := line{Lot: rapid.SampledFrom(lots).Draw(t, "lot")}
		if !slices.Contains([]kind{hold, release, open, decide, redate}, op.Kind) {
			from := rapid.IntRange(0, 1).Draw(t, "from")
			l.From, l.Quantity = locations[from], rapid.SampledFrom([]int{1, 2, 4, 6}).Draw(t, "quantity")
			if op.Kind == move {
				l.To = locations[1-from]
			}
		}
		op.Lines = append(op.Lines, l)
	}
	return op
}

// plant is where a history plays: items and documents of its own in a service
// that it shares with others.
type plant struct {
	api  *apitest.API
	name string
}

func (p plant) sku(lot string) string { return p.name + lot[:1] }

func (p plant) order() string { return p.name + "-order" }

func (p plant) run(n int) string { return fmt.Sprintf("run %d", n) }

func (p plant) setUp(ctx context.Context) error {
	for _, lot := range []string{bought[0], made[0]} {
		item := &pb.Item{Sku: p.sku(lot), Name: lot, BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT}
		if _, err := p.api.Catalog.UpsertItem(ctx, &pb.UpsertItemRequest{RequestId: apitest.ID(), Item: item}); err != nil {
			return err
		}
	}
	one := &pb.Quantity{Value: "1", Unit: "H87"}
	purchase := &pb.PurchaseOrder{
		Code: p.order(), SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: p.sku(bought[0]), Quantity: one}},
	}
	if _, err := p.api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: purchase}); err != nil {
		return err
	}
	production := &pb.ProductionOrder{Code: p.order(), Sku: p.sku(made[0]), Quantity: one}
	if _, err := p.api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: production}); err != nil {
		return err
	}
	for n := 1; n <= 2; n++ {
		if err := p.startRun(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (p plant) startRun(ctx context.Context, n int) error {
	_, err := p.api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: p.order(), RunCode: p.run(n)})
	return err
}

func quantity(n int) *pb.Quantity { return &pb.Quantity{Value: fmt.Sprint(n), Unit: "H87"} }

// call carries an operation out on a connection. The outcome is worded as the
// model words it.
func (p plant) call(ctx context.Context, conn *grpc.ClientConn, op operation) (outcome string, response proto.Message) {
	response, err := p.send(ctx, conn, op)
	if err != nil {
		if reason := apitest.Reason(err); reason != "" {
			return reason, nil
		}
		return err.Error(), nil
	}
	switch r := response.(type) {
	case *pb.PlaceHoldResponse:
		return fmt.Sprintf("ok: hold %d", r.GetHold().GetNumber()), r
	case *pb.ReleaseHoldResponse:
		return fmt.Sprintf("ok: hold %d", r.GetHold().GetNumber()), r
	case *pb.ActivateRecallResponse:
		return activation(r), r
	}
	return "ok", response
}

func (p plant) send(ctx context.Context, conn *grpc.ClientConn, op operation) (proto.Message, error) {
	request, document := p.name+op.Request, p.name+op.Document
	switch op.Kind {
	case receive:
		req := &pb.ReceiveRequest{RequestId: request, ReceiptCode: document, PurchaseOrderCode: p.order()}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.ReceiptLine{
				PurchaseOrderLineNumber: 1, LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From, AddToExisting: op.Add,
			})
		}
		return pb.NewReceivingServiceClient(conn).Receive(ctx, req)
	case output:
		l := op.Lines[0]
		return pb.NewProductionServiceClient(conn).RecordOutputs(ctx, &pb.RecordOutputsRequest{
			RequestId: request, ProductionOrderCode: p.order(), RunCode: p.run(op.Run),
			Lines: []*pb.OutputLine{{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From}},
		})
	case consume:
		req := &pb.ConsumeLotsRequest{RequestId: request, ProductionOrderCode: p.order(), RunCode: p.run(op.Run)}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.ConsumptionLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From})
		}
		return pb.NewProductionServiceClient(conn).ConsumeLots(ctx, req)
	case ship:
		req := &pb.ShipRequest{RequestId: request, ShipmentCode: document, CustomerCode: apitest.Customer}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.ShipmentLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From})
		}
		return pb.NewDispatchServiceClient(conn).Ship(ctx, req)
	case move:
		req := &pb.MoveLotsRequest{RequestId: request}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.MoveLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), FromLocationCode: l.From, ToLocationCode: l.To})
		}
		return pb.NewLotsServiceClient(conn).MoveLots(ctx, req)
	case hold:
		l := op.Lines[0]
		return pb.NewLotsServiceClient(conn).PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: request, Sku: p.sku(l.Lot), LotCode: l.Lot, Reason: "test"})
	case release:
		l := op.Lines[0]
		return pb.NewLotsServiceClient(conn).ReleaseHold(ctx, &pb.ReleaseHoldRequest{
			RequestId: request, Sku: p.sku(l.Lot), LotCode: l.Lot, Number: int32(op.Number), Reason: "test",
		})
	case reverse:
		req := &pb.ReverseOperationRequest{RequestId: request, Reason: "test", Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: document}}
		if op.Of == ship {
			req.Operation = &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: document}
		}
		return pb.NewLotsServiceClient(conn).ReverseOperation(ctx, req)
	case redate:
		return p.sendDate(ctx, conn, op)
	case adjust, scrap:
		return p.sendAdjustment(ctx, conn, op)
	case finish:
		return pb.NewProductionServiceClient(conn).FinishRun(ctx, &pb.FinishRunRequest{RequestId: request, ProductionOrderCode: p.order(), RunCode: p.run(op.Run)})
	}
	return p.sendRecall(ctx, conn, op)
}
