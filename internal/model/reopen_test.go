package model_test

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
)

// reopen takes the finish of a run back. Document is the request that finished it.
const reopen kind = "reopen"

// reopenTheme begins with a recall on which all was decided, so that it may be closed, and
// a run of it that was finished.
var reopenTheme = theme{
	topics: []topic{recallFacts},
	kinds:  []kind{reopen, end, finish, output, reopen, end, finish, output, consume, decide, activate, open},
	begin: []operation{
		{Kind: consume, Request: "e", Run: 1, Lines: []line{{Lot: "F1", From: locations[0], Quantity: 1}}},
		{Kind: open, Request: "f", Case: cases[0], Lines: []line{{Lot: "F1"}}},
		{Kind: finish, Request: "g", Run: 1},
		{Kind: activate, Request: "h", Case: cases[0]},
		{Kind: decide, Request: "i", Case: cases[0], Lines: []line{{Lot: "F1"}}},
		{Kind: decide, Request: "j", Case: cases[0], Keep: true, Lines: []line{{Lot: "B1"}}},
	},
}

// finishing is a finish of a run that was carried out.
type finishing struct {
	run      int
	reversed bool
}

var reopenStep = step{
	draw: func(t *rapid.T, op *operation, earlier []operation) {
		finishes := []string{"none"}
		for _, op := range earlier {
			if op.Kind == finish {
				finishes = append(finishes, op.Request)
			}
		}
		op.Document = finishes[len(finishes)-1-rapid.IntRange(0, min(len(finishes)-1, 3)).Draw(t, "finish")]
	},
	do: (*world).reopen,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		index, err := p.logIndex(ctx, op.Document, "run_finish")
		if err != nil {
			return nil, err
		}
		return pb.NewLotsServiceClient(conn).ReverseOperation(ctx, &pb.ReverseOperationRequest{
			RequestId: p.name + op.Request, Reason: "test", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: index},
		})
	},
}

// logIndex is where the log has the operation of some kinds that a request recorded, or an
// index that the log does not have if it recorded none so far.
func (p plant) logIndex(ctx context.Context, request string, kinds ...string) (index int64, err error) {
	var operationID int64
	err = p.api.DB.QueryRow(ctx, "SELECT operation_id FROM operation WHERE request_id = $1 AND kind = ANY ($2)", p.name+request, kinds).Scan(&operationID)
	if errors.Is(err, pgx.ErrNoRows) {
		return math.MaxInt64, nil
	}
	if err != nil {
		return 0, err
	}
	if _, err := ledger.Seal(ctx, p.api.DB, 1); err != nil {
		return 0, err
	}
	err = p.api.DB.QueryRow(ctx, "SELECT log_index FROM log WHERE operation_id = $1", operationID).Scan(&index)
	return index, err
}

func (w *world) reopen(op operation) string {
	f, known := w.finishes[op.Document]
	switch {
	case !known:
		return "UNKNOWN_OPERATION"
	case f.reversed:
		return "ALREADY_REVERSED"
	}
	for _, r := range w.recalls {
		if r.state == ended && r.runs[f.run] {
			return "RUN_OF_CLOSED_RECALL"
		}
	}
	w.runs[f.run] = false
	w.finishes[op.Document] = finishing{f.run, true}
	return "ok"
}
