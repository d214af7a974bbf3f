package demo

import (
	"context"
	"errors"
	"io"
	"strings"

	"google.golang.org/grpc"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// RecallCase is the case that Recall opens.
const RecallCase = "Q-2026-014"

// Recall opens a recall on the flour lot, activates it, and tells what is held, what
// has gone, and whom to call.
func Recall(ctx context.Context, conn grpc.ClientConnInterface, w io.Writer) error {
	client, tell := pb.NewRecallServiceClient(conn), teller{w}
	Heading(w, "So the flour is recalled: case "+RecallCase)
	opened, err := client.OpenRecall(ctx, &pb.OpenRecallRequest{
		RequestId: "demo-recall-open", CaseNumber: RecallCase, Class: pb.RecallClass_RECALL_CLASS_2,
		Reason: "The mill reports splinters of glass in its lot M88/17.", Lots: []*pb.LotKey{{Sku: FlourSKU, LotCode: FlourLot}},
	})
	if err != nil {
		return err
	}
	scope := opened.GetScope()
	tell.line("", "opened, nothing is held yet: it would concern %s and %s, and what has gone to %s",
		wording.Count(scope.GetLotCount(), "lot"), wording.Count(scope.GetRunCount(), "run"), wording.Count(scope.GetCustomerCount(), "customer"))
	activated, err := client.ActivateRecall(ctx, &pb.ActivateRecallRequest{RequestId: "demo-recall-activation", CaseNumber: RecallCase})
	if err != nil {
		return err
	}
	tell.line("", "activated: %s held, and what %s yet to put out is held as soon as it is recorded",
		are(activated.GetScope().GetLotCount(), "lot"), has(activated.GetScope().GetOpenRunCount(), "run"))
	packet, err := take(ctx, client)
	if err != nil {
		return err
	}
	tell.recalled(packet)
	return nil
}

// take receives a packet whole.
func take(ctx context.Context, client pb.RecallServiceClient) (*pb.GetRecallPacketResponse, error) {
	stream, err := client.GetRecallPacket(ctx, &pb.GetRecallPacketRequest{CaseNumber: RecallCase})
	if err != nil {
		return nil, err
	}
	all := &pb.GetRecallPacketResponse{}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		all.Parties = append(all.Parties, part.GetParties()...)
		all.Lots = append(all.Lots, part.GetLots()...)
		all.Shipments = append(all.Shipments, part.GetShipments()...)
		all.Statement = part.GetStatement()
	}
	if all.GetStatement() == nil {
		return nil, errors.New("the packet ended without its statement")
	}
	return all, nil
}

// recalled tells of what is left and of what has gone.
func (t teller) recalled(packet *pb.GetRecallPacketResponse) {
	for _, lot := range packet.GetLots() {
		var places []string
		for _, s := range lot.GetStocks() {
			places = append(places, wording.Amount(s.GetOnHand())+" at "+s.GetLocationCode())
		}
		if len(places) > 0 {
			t.line("", "held: %s %s, %s", lot.GetItemName(), wording.Code(lot.GetLot().GetLotCode()), strings.Join(places, ", "))
		}
	}
	for _, party := range packet.GetParties() {
		var got []string
		for _, s := range packet.GetShipments() {
			if s.GetCustomerCode() == party.GetCode() {
				got = append(got, wording.Amount(s.GetQuantity())+" of "+wording.Code(s.GetLot().GetLotCode()))
			}
		}
		if len(got) == 0 {
			continue // a supplier
		}
		whom := "whoever looks after them"
		for _, c := range party.GetContacts() {
			if c.GetRole() == "recall" {
				whom = c.GetName() + ", " + c.GetPhone()
			}
		}
		t.line("", "gone: %s to %s; call %s", strings.Join(got, ", "), party.GetName(), whom)
	}
	t.line("", "%s", packet.GetStatement().GetStatement())
}

func are(n int32, noun string) string { return verb(n, noun, "is", "are") }

func has(n int32, noun string) string { return verb(n, noun, "has", "have") }

func verb(n int32, noun, one, many string) string {
	if n != 1 {
		one = many
	}
	return wording.Count(n, noun) + " " + one
}
