package production_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestProductionOrder(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	order := &pb.ProductionOrder{
		Code: `MO/26 "ä" 100%🥐`, Sku: apitest.Bread, Quantity: amount("2.50", "CASE"), DueDate: "2024-03-26",
		References: []*pb.Reference{{Kind: "batch_sheet", Value: "B/7"}},
	}
	req := &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: order}
	created, err := p.Production.CreateProductionOrder(t.Context(), req)
	if must(t, created, err); !proto.Equal(created.ProductionOrder, order) {
		t.Errorf("created %v, want %v", created.ProductionOrder, order)
	}
	before := dbtest.Rows(t, p.DB)
	again, err := p.Production.CreateProductionOrder(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, created) {
		t.Errorf("replay %v, want %v", again, created)
	}
	req.RequestId = apitest.ID()
	_, err = p.Production.CreateProductionOrder(t.Context(), req)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "PRODUCTION_ORDER_EXISTS", "production_order.code")
	dbtest.SameRows(t, p.DB, before)
	got, err := p.Production.GetProductionOrder(t.Context(), &pb.GetProductionOrderRequest{Code: order.Code})
	if must(t, got, err); !proto.Equal(got, &pb.GetProductionOrderResponse{ProductionOrder: order}) {
		t.Errorf("got %v, want %v", got, order)
	}
	_, err = p.Production.GetProductionOrder(t.Context(), &pb.GetProductionOrderRequest{Code: "MO"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PRODUCTION_ORDER", "code")
}

func TestProductionOrderRefusals(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	before := dbtest.Rows(t, p.DB)
	for name, c := range map[string]struct {
		change        func(*pb.ProductionOrder)
		code          codes.Code
		reason, field string
	}{
		"unknown item": {func(o *pb.ProductionOrder) { o.Sku = "CROISSANT" }, codes.NotFound, "UNKNOWN_ITEM", "production_order.sku"},
		"unknown unit": {func(o *pb.ProductionOrder) { o.Quantity.Unit = "KGM" }, codes.InvalidArgument, "UNKNOWN_UNIT", "production_order.quantity.unit"},
		"half a loaf":  {func(o *pb.ProductionOrder) { o.Quantity.Value = "0.5" }, codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "production_order.quantity.value"},
		"absurd":       {func(o *pb.ProductionOrder) { o.Quantity.Value = "99999999999999999999999999999" }, codes.InvalidArgument, "QUANTITY_TOO_LARGE", "production_order.quantity.value"},
		"no day":       {func(o *pb.ProductionOrder) { o.DueDate = "2024-02-30" }, codes.InvalidArgument, "INVALID_DATE", "production_order.due_date"},
		"no quantity":  {func(o *pb.ProductionOrder) { o.Quantity = nil }, codes.InvalidArgument, "INVALID_FIELD", "production_order.quantity"},
	} {
		order := &pb.ProductionOrder{Code: "MO-1", Sku: apitest.Bread, Quantity: amount("1", "H87")}
		c.change(order)
		_, err := p.Production.CreateProductionOrder(t.Context(), &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: order})
		t.Log(name)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	dbtest.SameRows(t, p.DB, before)
}

func TestRun(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.order("MO-1")
	p.order("MO-2")
	started := at("2024-03-25T06:00:00.123456Z")
	req := &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R/1", StartedAt: started}
	resp, err := p.Production.StartRun(t.Context(), req)
	want := &pb.Run{ProductionOrderCode: "MO-1", Code: "R/1", State: pb.RunState_RUN_STATE_OPEN, StartedAt: started}
	if must(t, resp, err); !proto.Equal(resp.Run, want) {
		t.Errorf("started %v, want %v", resp.Run, want)
	}
	before := dbtest.Rows(t, p.DB)
	again, err := p.Production.StartRun(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, resp) {
		t.Errorf("replay %v, want %v", again, resp)
	}
	start := func(order, run, moment string) error {
		req := &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run}
		if moment != "" {
			req.StartedAt = at(moment)
		}
		_, err := p.Production.StartRun(t.Context(), req)
		return err
	}
	apitest.WantRefusal(t, start("MO-1", "R/1", ""), codes.AlreadyExists, "RUN_EXISTS", "run_code")
	apitest.WantRefusal(t, start("MO-3", "R/1", ""), codes.NotFound, "UNKNOWN_PRODUCTION_ORDER", "production_order_code")
	apitest.WantRefusal(t, start("MO-1", "R2", "2999-01-01T00:00:00Z"), codes.InvalidArgument, "IN_THE_FUTURE", "started_at")
	apitest.WantRefusal(t, start("MO-1", "R2", "1969-12-31T00:00:00Z"), codes.InvalidArgument, "TOO_LONG_AGO", "started_at")
	dbtest.SameRows(t, p.DB, before)
	// The code is unique within the order only; runs are listed as they started.
	for _, run := range [][3]string{{"MO-2", "R/1", ""}, {"MO-1", "EARLIER", "2024-03-24T06:00:00Z"}, {"MO-1", "NOW", ""}} {
		if err := start(run[0], run[1], run[2]); err != nil {
			t.Fatal(err)
		}
	}
	order, err := p.Production.GetProductionOrder(t.Context(), &pb.GetProductionOrderRequest{Code: "MO-1"})
	must(t, order, err)
	var runs []string
	for _, r := range order.Runs {
		runs = append(runs, fmt.Sprintf("%s/%s %s", r.ProductionOrderCode, r.Code, r.State))
	}
	same(t, "runs", runs, []string{"MO-1/EARLIER RUN_STATE_OPEN", "MO-1/R/1 RUN_STATE_OPEN", "MO-1/NOW RUN_STATE_OPEN"})
	if order.RunsTruncated {
		t.Error("truncated")
	}
}

func TestFinishRun(t *testing.T) {
	t.Parallel()
	p := running(t) // since 2024-03-01
	p.start("MO-1", "R2")
	p.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	finish := func(order, run, moment string) (*pb.FinishRunResponse, error) {
		return p.Production.FinishRun(t.Context(), &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run, FinishedAt: at(moment)})
	}
	before := dbtest.Rows(t, p.DB)
	_, err := finish("MO-1", "R1", "2024-02-29T23:59:59Z")
	apitest.WantRefusal(t, err, codes.InvalidArgument, "FINISHED_BEFORE_STARTED", "finished_at")
	_, err = finish("MO-1", "R1", "2999-01-01T00:00:00Z")
	apitest.WantRefusal(t, err, codes.InvalidArgument, "IN_THE_FUTURE", "finished_at")
	_, err = finish("MO-1", "R9", "2024-03-02T00:00:00Z")
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RUN", "run_code")
	_, err = finish("MO-9", "R1", "2024-03-02T00:00:00Z")
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PRODUCTION_ORDER", "production_order_code")
	dbtest.SameRows(t, p.DB, before)
	req := &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", FinishedAt: at("2024-03-02T00:00:00Z")}
	resp, err := p.Production.FinishRun(t.Context(), req)
	want := &pb.Run{
		ProductionOrderCode: "MO-1", Code: "R1", State: pb.RunState_RUN_STATE_FINISHED,
		StartedAt: at("2024-03-01T00:00:00Z"), FinishedAt: at("2024-03-02T00:00:00Z"),
	}
	if must(t, resp, err); !proto.Equal(resp.Run, want) {
		t.Errorf("finished %v, want %v", resp.Run, want)
	}
	before = dbtest.Rows(t, p.DB)
	again, err := p.Production.FinishRun(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, resp) {
		t.Errorf("replay %v, want %v", again, resp)
	}
	got, err := p.Production.GetRun(t.Context(), &pb.GetRunRequest{ProductionOrderCode: "MO-1", RunCode: "R1"})
	if must(t, got, err); !proto.Equal(got.Run, want) {
		t.Errorf("got %v, want %v", got.Run, want)
	}
	// Nothing more, of whatever kind.
	apitest.WantRefusal(t, p.finish("MO-1", "R1"), codes.FailedPrecondition, "RUN_FINISHED", "run_code")
	_, err = p.consume("MO-1", "R1", in("FLOUR/FL-1 1 KGM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RUN_FINISHED", "run_code")
	_, err = p.output("MO-1", "R1", out("BREAD/B-1 1 H87 @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RUN_FINISHED", "run_code")
	dbtest.SameRows(t, p.DB, before)
	// The other run of the order goes on.
	if _, err := p.consume("MO-1", "R2", in("FLOUR/FL-1 1 KGM @ SHELF-1")); err != nil {
		t.Error(err)
	}
}

func TestUnknownRun(t *testing.T) {
	t.Parallel()
	p := running(t)
	_, err := p.Production.GetRun(t.Context(), &pb.GetRunRequest{ProductionOrderCode: "MO-1", RunCode: "R9"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RUN", "run_code")
	_, err = p.Production.GetRun(t.Context(), &pb.GetRunRequest{ProductionOrderCode: "MO-9", RunCode: "R1"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PRODUCTION_ORDER", "production_order_code")
}
