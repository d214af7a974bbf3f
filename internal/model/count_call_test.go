package model_test

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// countTheme is counting while things move. More than five of an item are not for one
// alone to adjust.
var countTheme = theme{
	kinds: []kind{readCount, readCount, readCount, readCount, postCount, postCount, move, offline, adjust, ship, consume, receive, receive, adjust, scrap, output, reverse, hold, redate, openCount, cancelCount},
	begin: []operation{
		{Kind: openCount, Request: "n", Case: "N1", Reason: "F", Number: 50},
		{Kind: openCount, Request: "o", Case: "N2", Reason: "FB", By: locations[0], Number: 100, Add: true},
		{Kind: readCount, Request: "p", Case: "N2", Lines: []line{{Lot: "F1", From: locations[0], Quantity: 4}, {Lot: "B1", From: locations[0], Quantity: 8}}},
	},
	alone:  5,
	topics: []topic{countFacts},
	item:   func(item *pb.Item) { item.AdjustmentApprovalQuantity = "5" },
}

var countCodes = []string{"N1", "N2", "N3"}

func aCount(t *rapid.T, op *operation) {
	op.Case = rapid.SampledFrom(append(countCodes[:2:2], countCodes...)).Draw(t, "count")
}

// Reason has the items that it is of, and By the location.
var openCountStep = step{
	alone:  true,
	logged: never,
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Case = rapid.SampledFrom([]string{"N1", "N3", "N3"}).Draw(t, "count")
		op.Reason = rapid.SampledFrom([]string{"F", "FB"}).Draw(t, "items")
		op.By = rapid.SampledFrom([]string{"", locations[0]}).Draw(t, "at")
		op.Add = rapid.Bool().Draw(t, "blind")
		op.Number = rapid.SampledFrom([]int{0, 50, 100}).Draw(t, "tolerance")
	},
	do: (*world).openCount,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.OpenCountRequest{
			RequestId: p.name + op.Request, CountCode: p.name + op.Case, LocationCode: op.By, Blind: op.Add, TolerancePercent: fmt.Sprint(op.Number),
		}
		for _, item := range strings.Split(op.Reason, "") {
			req.Skus = append(req.Skus, p.sku(item))
		}
		return pb.NewLotsServiceClient(conn).OpenCount(ctx, req)
	},
	tell: func(_ operation, response proto.Message) string {
		return fmt.Sprintf("ok: %d lines", response.(*pb.OpenCountResponse).LineCount)
	},
}

func never(string) bool { return false }

var readCountStep = step{
	logged: never,
	draw: func(t *rapid.T, op *operation, _ []operation) {
		aCount(t, op)
		op.drawLines(t, 2, []string{"F1", "F1", "F2", "B1", "F3"}, true)
		for i := range op.Lines {
			op.Lines[i].Quantity = rapid.SampledFrom([]int{0, 2, 3, 4, 6, 6, 6, 8}).Draw(t, "counted")
		}
	},
	do: (*world).readCount,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.RecordCountRequest{RequestId: p.name + op.Request, CountCode: p.name + op.Case}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.CountReading{
				LocationCode: l.From, Sku: p.sku(l.Lot), LotCode: l.Lot, Counted: &pb.CountedQuantity{Value: fmt.Sprint(l.Quantity), Unit: "H87"},
			})
		}
		resp, err := pb.NewLotsServiceClient(conn).RecordCount(ctx, req)
		if err == nil {
			err = p.tellExpected(ctx, op, resp.Lines)
		}
		return resp, err
	},
	tell: func(_ operation, response proto.Message) string {
		var told []string
		for _, l := range response.(*pb.RecordCountResponse).Lines {
			told = append(told, toCountLine(l))
		}
		return "ok: " + strings.Join(told, ", ")
	},
}

// tellExpected fills in what was expected where a blind count does not tell it. Else
// nobody knew whether a reading was before or behind what moved at the same time.
func (p plant) tellExpected(ctx context.Context, op operation, lines []*pb.CountLine) error {
	for _, l := range lines {
		if l.Expected != nil {
			continue
		}
		l.Expected = &pb.Quantity{}
		err := p.api.DB.QueryRow(ctx, `
			SELECT trim_scale(r.expected)::text
			FROM stock_count_reading AS r JOIN stock_count AS c ON c.tenant_id = r.tenant_id AND c.count_id = r.count_id
			WHERE c.tenant_id = 1 AND c.code = $1 AND r.line_number = $2 AND r.number = $3`, p.name+op.Case, l.Number, l.Readings).Scan(&l.Expected.Value)
		if err != nil {
			return err
		}
	}
	return nil
}

// toCountLine words a line as the model does.
func toCountLine(l *pb.CountLine) string {
	text := fmt.Sprintf("%d. %s@%s listed %v %s", l.Number, l.LotCode, l.LocationCode, !l.Unexpected, strings.TrimPrefix(l.State.String(), "COUNT_LINE_STATE_"))
	if l.Readings > 0 {
		text += fmt.Sprintf(", reading %d: %s of %s", l.Readings, l.Counted.GetValue(), l.Expected.GetValue())
	}
	return text
}

var postCountStep = step{
	// Without a variance there is nothing to log.
	logged: func(outcome string) bool { return strings.Contains(outcome, " to ") },
	draw: func(t *rapid.T, op *operation, _ []operation) {
		aCount(t, op)
		op.Add = rapid.Bool().Draw(t, "leave out")
		op.By = rapid.SampledFrom([]string{"", "KIM", "KIM", "KIM"}).Draw(t, "by")
	},
	do: (*world).postCount,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewLotsServiceClient(conn).PostCount(ctx, &pb.PostCountRequest{
			RequestId: p.name + op.Request, CountCode: p.name + op.Case, Justification: "test", ApprovedBy: op.By, LeaveOut: op.Add,
		})
	},
	tell: func(_ operation, response proto.Message) string {
		var told []string
		inside := func(code string) string { return strings.TrimPrefix(code, "adjustment") }
		for _, m := range response.(*pb.PostCountResponse).Movements {
			told = append(told, fmt.Sprintf("%s to %s, %s: %s", inside(m.FromLocationCode), inside(m.ToLocationCode), m.Lot.LotCode, m.Quantity.Value))
		}
		for _, l := range response.(*pb.PostCountResponse).LeftOut {
			told = append(told, fmt.Sprintf("without %s@%s", l.LotCode, l.LocationCode))
		}
		return "ok: " + strings.Join(told, ", ")
	},
}

var cancelCountStep = step{
	logged: never,
	draw:   func(t *rapid.T, op *operation, _ []operation) { op.Case = "N3" },
	do:     (*world).cancelCount,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewLotsServiceClient(conn).CancelCount(ctx, &pb.CancelCountRequest{RequestId: p.name + op.Request, CountCode: p.name + op.Case, Reason: "test"})
	},
}

var countFacts = topic{
	read: func(ctx context.Context, p plant, _ *theme) ([]string, error) {
		var told []string
		for _, code := range countCodes {
			resp, err := p.api.Lots.GetCount(ctx, &pb.GetCountRequest{CountCode: p.name + code})
			if status.Code(err) == codes.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			told = append(told, fmt.Sprintf("count %s: %s", code, strings.TrimPrefix(resp.Count.State.String(), "COUNT_STATE_")))
			for _, l := range resp.Lines {
				told = append(told, toCountLine(l))
			}
		}
		return told, nil
	},
	tell: func(w *world) []string {
		var told []string
		for _, code := range countCodes {
			n, exists := w.counts[code]
			if !exists {
				continue
			}
			told = append(told, fmt.Sprintf("count %s: %s", code, n.state))
			for i, l := range n.lines {
				told = append(told, l.told(i+1, n.blind && n.state == "OPEN"))
			}
		}
		return told
	},
}
