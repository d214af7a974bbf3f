// Package demo tells a day of a bakery through the public API: the calls that an
// ERP, a scanner and a scale would make, and the answers.
package demo

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Load makes the calls of the day on an empty database and tells w what came of
// each.
func Load(ctx context.Context, conn grpc.ClientConnInterface, w io.Writer) error {
	began := time.Now()
	l := newLoader(conn, teller{w})
	for _, c := range story() {
		Heading(w, c.title)
		for _, s := range c.steps {
			if err := l.do(ctx, s); err != nil {
				return err
			}
		}
	}
	Heading(w, fmt.Sprintf("That was the day: %d calls of the public gRPC API in %.1f seconds", l.calls, time.Since(began).Seconds()))
	return nil
}

type loader struct {
	catalog    pb.CatalogServiceClient
	receiving  pb.ReceivingServiceClient
	production pb.ProductionServiceClient
	dispatch   pb.DispatchServiceClient
	lots       pb.LotsServiceClient
	tell       teller
	calls      int
}

func newLoader(conn grpc.ClientConnInterface, tell teller) *loader {
	return &loader{
		catalog: pb.NewCatalogServiceClient(conn), receiving: pb.NewReceivingServiceClient(conn),
		production: pb.NewProductionServiceClient(conn), dispatch: pb.NewDispatchServiceClient(conn),
		lots: pb.NewLotsServiceClient(conn), tell: tell,
	}
}

func (l *loader) do(ctx context.Context, s step) error {
	request := proto.Clone(s.request)
	giveID(request, "demo-"+strconv.Itoa(l.calls+1))
	response, err := l.call(ctx, request)
	if s.refused != "" {
		if got := reason(err); got != s.refused {
			return fmt.Errorf("%s: reason %q instead of the refusal %q: %w", describe(request), got, s.refused, err)
		}
		l.tell.refusal(request, s.refused, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", describe(request), err)
	}
	l.tell.answer(request, response, s.note)
	if !s.again {
		return nil
	}
	repeated, err := l.call(ctx, request)
	if err != nil {
		return fmt.Errorf("%s, repeated: %w", describe(request), err)
	}
	if !proto.Equal(repeated, response) {
		return fmt.Errorf("%s, repeated: another answer than the first time", describe(request))
	}
	l.tell.line("", "the scanner sends it once more under the same request id: the same answer, nothing doubled")
	return nil
}

// giveID sets the id under which a write is carried out once.
func giveID(request proto.Message, id string) {
	message := request.ProtoReflect()
	if field := message.Descriptor().Fields().ByName("request_id"); field != nil {
		message.Set(field, protoreflect.ValueOfString(id))
	}
}

func (l *loader) call(ctx context.Context, request proto.Message) (proto.Message, error) {
	l.calls++
	switch r := request.(type) {
	case *pb.BatchUpsertItemsRequest:
		return l.catalog.BatchUpsertItems(ctx, r)
	case *pb.BatchUpsertPartiesRequest:
		return l.catalog.BatchUpsertParties(ctx, r)
	case *pb.BatchUpsertLocationsRequest:
		return l.catalog.BatchUpsertLocations(ctx, r)
	case *pb.UpsertPurchaseOrderRequest:
		return l.receiving.UpsertPurchaseOrder(ctx, r)
	case *pb.ReceiveRequest:
		return l.receiving.Receive(ctx, r)
	case *pb.MoveLotsRequest:
		return l.lots.MoveLots(ctx, r)
	case *pb.LocateLotRequest:
		return l.lots.LocateLot(ctx, r)
	case *pb.ListLocationContentsRequest:
		return l.lots.ListLocationContents(ctx, r)
	case *pb.CreateProductionOrderRequest:
		return l.production.CreateProductionOrder(ctx, r)
	case *pb.StartRunRequest:
		return l.production.StartRun(ctx, r)
	case *pb.ConsumeLotsRequest:
		return l.production.ConsumeLots(ctx, r)
	case *pb.RecordOutputsRequest:
		return l.production.RecordOutputs(ctx, r)
	case *pb.FinishRunRequest:
		return l.production.FinishRun(ctx, r)
	case *pb.UpsertSalesOrderRequest:
		return l.dispatch.UpsertSalesOrder(ctx, r)
	case *pb.ShipRequest:
		return l.dispatch.Ship(ctx, r)
	case *pb.PlaceHoldRequest:
		return l.lots.PlaceHold(ctx, r)
	case *pb.ReleaseHoldRequest:
		return l.lots.ReleaseHold(ctx, r)
	}
	return nil, fmt.Errorf("the loader does not know how to call %T", request)
}

func describe(request proto.Message) string {
	return string(request.ProtoReflect().Descriptor().Name())
}

// reason is the ErrorInfo reason of an error, "" if it has none.
func reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}
