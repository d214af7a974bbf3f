package trace_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

// disturb records something about the bakery, or tries to: what is refused changes
// nothing.
func disturb(t *testing.T, api *apitest.API) {
	ctx, id := t.Context(), apitest.ID()
	kg := &pb.Quantity{Value: "1", Unit: lineagetest.Unit}
	lots := [][2]string{{"flour", "1"}, {"danish", "1"}, {"dough", "1"}, {"dough", "3"}, {"crumbs", "1"}, {"butter", "1"}}
	lot := lots[rand.IntN(len(lots))]
	switch rand.IntN(7) {
	case 0:
		_, _ = api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: id, Lines: []*pb.MoveLine{{
			Sku: lot[0], LotCode: lot[1], FromLocationCode: "A", ToLocationCode: "B", Quantity: kg,
		}}})
	case 1:
		_, _ = api.Lots.PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: id, Sku: lot[0], LotCode: lot[1], Reason: "test"})
	case 2:
		_, _ = api.Lots.ReleaseHold(ctx, &pb.ReleaseHoldRequest{RequestId: id, Sku: lot[0], LotCode: lot[1], Number: 1, Reason: "test"})
	case 3:
		_, _ = api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: id, Reason: "test", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: rand.Int64N(40)}})
	case 4:
		_, _ = api.Lots.ChangeLotDates(ctx, &pb.ChangeLotDatesRequest{RequestId: id, Sku: lot[0], LotCode: lot[1], ExpiryDate: fmt.Sprintf("2099-01-%02d", 1+rand.IntN(28)), Reason: "test"})
	case 5:
		_, _ = api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: id, ProductionOrderCode: "roll", RunCode: "1", Lines: []*pb.ConsumptionLine{{
			Sku: lot[0], LotCode: lot[1], LocationCode: "A", Quantity: kg,
		}}})
	case 6:
		_, _ = api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: id, ShipmentCode: id, CustomerCode: "kiosk", Lines: []*pb.ShipmentLine{{
			Sku: lot[0], LotCode: lot[1], LocationCode: "A", Quantity: kg,
		}}})
	}
}

// Wherever a stream is cut, and whatever is recorded before it is taken up again, what
// came and what comes is the stream that was not cut.
func TestResume(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	rapid.Check(t, func(r *rapid.T) {
		some := rapid.IntRange(0, 3)
		for range some.Draw(r, "before") {
			disturb(t, api)
		}
		direction := rapid.SampledFrom(directions).Draw(r, "direction")
		req := &pb.TraceForwardRequest{Filter: &pb.TraceFilter{MaxDepth: rapid.Int32Range(0, 4).Draw(r, "depth")}, Attribute: rapid.Bool().Draw(r, "attribute")}
		req.Sku, req.LotCode = rapid.SampledFrom([]string{"flour", "danish", "butter"}).Draw(r, "sku"), "1"
		if rapid.IntRange(0, 3).Draw(r, "known") == 0 {
			req.KnownAt = index(30)
			api.Sealed(t)
		}
		if rapid.IntRange(0, 3).Draw(r, "as of") == 0 {
			req.AsOf = atMinute(rapid.IntRange(4, 40).Draw(r, "minute"))
		}
		uncut, err := streamOf(t.Context(), api.Trace, direction, req)
		if apitest.Reason(err) == "IN_THE_FUTURE" || apitest.Reason(err) == "UNKNOWN_LOT" {
			return // the log has not come so far, or the goods had not
		}
		if err != nil {
			r.Fatal(err)
		}
		paged := &pb.GetTraceRequest{Direction: direction, Sku: req.Sku, LotCode: req.LotCode, Filter: req.Filter, KnownAt: req.KnownAt, AsOf: req.AsOf, Attribute: req.Attribute}
		paged.PageSize = rapid.Int32Range(1, 30).Draw(r, "size")
		page, err := api.Trace.GetTrace(t.Context(), paged)
		if err != nil {
			r.Fatal(err)
		}
		for range some.Draw(r, "between") {
			disturb(t, api)
		}
		cut := rapid.IntRange(0, len(uncut)-2).Draw(r, "cut")
		req.ResumeToken = uncut[cut].ResumeToken
		rest, err := streamOf(t.Context(), api.Trace, direction, req)
		if err != nil {
			r.Fatal(err)
		}
		if len(rest) != len(uncut)-cut-1 {
			r.Fatalf("%d parts after %d of %d", len(rest), cut+1, len(uncut))
		}
		for i, part := range rest {
			if want := uncut[cut+1+i]; !proto.Equal(part, want) {
				r.Fatalf("part %d, cut behind %d:\n got %v\nwant %v", cut+1+i, cut, part, want)
			}
		}
		all := []*pb.TracePart{page.Part}
		if paged.PageToken = page.NextPageToken; paged.PageToken != "" {
			more, err := pages(t.Context(), overGRPC(api.Trace), paged)
			if err != nil {
				r.Fatal(err)
			}
			all = append(all, more...)
		}
		if got, want := joined(all), joined(uncut); !proto.Equal(got, want) {
			r.Fatalf("pages:\n got %v\nwant %v", got, want)
		}
	})
}

// A token is good for its own trace, and for a day.
func TestResumeTokens(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	request := func() *pb.TraceForwardRequest { return &pb.TraceForwardRequest{Sku: "flour", LotCode: "1"} }
	parts, err := streamOf(t.Context(), api.Trace, directions[0], request())
	if err != nil {
		t.Fatal(err)
	}
	token := parts[1].ResumeToken
	if parts[len(parts)-1].ResumeToken != "" || token == "" || token == parts[0].ResumeToken {
		t.Fatalf("tokens %q, %q, and %q at the end", parts[0].ResumeToken, token, parts[len(parts)-1].ResumeToken)
	}
	for name, c := range map[string]struct {
		change func(*pb.TraceForwardRequest)
		code   codes.Code
		reason string
	}{
		"another lot":     {func(r *pb.TraceForwardRequest) { r.LotCode = "2" }, codes.InvalidArgument, "BAD_RESUME_TOKEN"},
		"another filter":  {func(r *pb.TraceForwardRequest) { r.Filter = &pb.TraceFilter{MaxDepth: 1} }, codes.InvalidArgument, "BAD_RESUME_TOKEN"},
		"another moment":  {func(r *pb.TraceForwardRequest) { r.AsOf = atMinute(20) }, codes.InvalidArgument, "BAD_RESUME_TOKEN"},
		"no token":        {func(r *pb.TraceForwardRequest) { r.ResumeToken = "AAAA" + token[4:] }, codes.InvalidArgument, "BAD_RESUME_TOKEN"},
		"not begun":       {func(r *pb.TraceForwardRequest) { r.ResumeToken = trace.Retoken(r, token, 0, 1<<40) }, codes.InvalidArgument, "BAD_RESUME_TOKEN"},
		"a day old":       {func(r *pb.TraceForwardRequest) { r.ResumeToken = trace.Retoken(r, token, 25*time.Hour, 0) }, codes.FailedPrecondition, "RESUME_TOKEN_EXPIRED"},
		"almost that old": {func(r *pb.TraceForwardRequest) { r.ResumeToken = trace.Retoken(r, token, 23*time.Hour, 0) }, codes.OK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := request()
			req.ResumeToken = token
			c.change(req)
			rest, err := streamOf(t.Context(), api.Trace, directions[0], req)
			if c.code == codes.OK {
				if err != nil || len(rest) != len(parts)-2 {
					t.Errorf("%d parts, %v", len(rest), err)
				}
				return
			}
			apitest.WantRefusal(t, err, c.code, c.reason, "resume_token")
		})
	}
	back, err := api.Trace.TraceBackward(t.Context(), &pb.TraceBackwardRequest{Sku: "flour", LotCode: "1", ResumeToken: token})
	if err == nil {
		_, err = back.Recv()
	}
	apitest.WantRefusal(t, err, codes.InvalidArgument, "BAD_RESUME_TOKEN", "resume_token")
}

// Where the log lies far behind a stream has no tokens; pages bring it up.
func TestLogFarBehind(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 7, parse(t, bakery))
	for _, sql := range []string{
		`INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason)
		 SELECT 7, -i, 'run_finish', now(), 'test', 'test', '' FROM generate_series(1, 1000) i`,
		`INSERT INTO unlogged (tenant_id, operation_id, recorded_at) SELECT 7, operation_id, recorded_at FROM operation WHERE tenant_id = 7 AND operation_id < 0`,
	} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	service := trace.New(db)
	ctx := auth.NewContext(t.Context(), auth.Identity{TenantID: world.TenantID, Principal: "test"})
	streamed, err := direct(ctx, service, "flour", "1", directions[0], nil)
	if err != nil || streamed[0].ResumeToken != "" {
		t.Fatalf("%v, %v", streamed, err)
	}
	paged, err := pages(ctx, service.GetTrace, &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: directions[0], PageSize: 5})
	if err != nil || !proto.Equal(joined(paged), joined(streamed)) {
		t.Errorf("pages differ from the stream, %v", err)
	}
	if position := paged[len(paged)-1].Summary.LogPosition; position.UnloggedCount != 0 || position.LogIndex != int64(len(world.Happened)+1000) {
		t.Errorf("%v", position)
	}
}
