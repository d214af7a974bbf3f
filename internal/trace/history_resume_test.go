package trace_test

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

// begun is a trace of which a part came, while not all had happened.
type begun struct {
	*asker
	question
	streamed []*pb.TracePart
	page     *pb.GetTraceResponse
}

// begin records a part of a history, in the log or not, and has a stream and a first page
// of a trace of it.
func (a *asker) begin(t *testing.T, db *pg.DB, tenant int64, record func(int)) *begun {
	first := slices.IndexFunc(a.h, func(e lineagetest.Event) bool { return len(e.Lines) > 0 })
	upTo := first + 1 + lineagetest.Evenly(a.T, len(a.h)-first, "begun at")
	record(upTo)
	sealed := rapid.Bool().Draw(a.T, "sealed")
	if sealed {
		if n, err := ledger.Seal(t.Context(), db, tenant); err != nil || n.Entries != upTo {
			a.Fatalf("%+v, %v, want %d entries", n, err, upTo)
		}
	}
	before := *a
	before.h = a.h[:upTo]
	b := &begun{asker: &before, question: drawQuestion(a.T, before.h, sealed)}
	if b.req.Attribute && before.h.UnitsDiffer(b.at, b.ask) {
		b.req.Attribute = false
	}
	var err error
	if b.streamed, err = asStream(a.ctx, a.service, b.req, ""); err != nil {
		a.Fatalf("%v: %v", b.req, err)
	}
	b.check("begun", b.question, b.streamed)
	b.req.PageSize = int32(rapid.IntRange(1, 30).Draw(a.T, "page size"))
	if b.page, err = a.service.GetTrace(a.ctx, b.req); err != nil {
		a.Fatalf("%v: %v", b.req, err)
	}
	return b
}

// goOn cuts the stream somewhere and takes it up again, and takes the other pages: whatever
// was recorded since, it all is as it would have been.
func (b *begun) goOn() {
	if len(b.streamed) > 1 {
		cut := lineagetest.Evenly(b.T, len(b.streamed)-1, "cut")
		rest, err := asStream(b.ctx, b.service, b.req, b.streamed[cut].ResumeToken)
		if err != nil {
			b.Fatalf("%v, cut behind %d: %v", b.req, cut, err)
		}
		want := b.streamed[cut+1:]
		if !slices.EqualFunc(rest, want, func(x, y *pb.TracePart) bool { return proto.Equal(x, y) }) {
			b.Fatalf("%v, cut behind %d:\n got %v\nwant %v", b.req, cut, rest, want)
		}
	}
	all := []*pb.TracePart{b.page.Part}
	if req := proto.CloneOf(b.req); b.page.NextPageToken != "" {
		req.PageToken = b.page.NextPageToken
		req.PageSize = 10000
		more, err := pages(b.ctx, b.service.GetTrace, req)
		if err != nil {
			b.Fatalf("%v: %v", req, err)
		}
		all = append(all, more...)
	}
	if got, want := joined(all), joined(b.streamed); !proto.Equal(got, want) {
		b.Fatalf("%v, in pages:\n got %v\nwant %v", b.req, got, want)
	}
}
