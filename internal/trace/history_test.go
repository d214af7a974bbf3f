package trace_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

// Whatever happened, in whatever order it was recorded, and whatever was taken back since:
// every trace, forward, backward and both, as a stream and in pages, of now and as it was
// known at any entry of the log and as of any minute, tells what a plain search through the events finds, times
// and quantities included, and what is out of time. All histories are in one database, each of a tenant of its own
// and with the same codes as the others.
//
// Of more of them than the tests take, with
//
//	go test ./internal/trace -run TestHistories -rapid.checks 10000
func TestHistories(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	service := trace.New(db)
	var tenants atomic.Int64
	tenants.Store(100)
	seen := map[string]int{}
	defer func() { t.Logf("seen: %v", seen) }()
	rapid.Check(t, func(r *rapid.T) {
		h := lineagetest.RandomHistory(r)
		past := &asker{T: r, h: h, service: service, seen: seen}
		tenant := tenants.Add(1)
		past.ctx = auth.NewContext(t.Context(), auth.Identity{TenantID: tenant, Principal: "test"})
		record := h.Begin(t, db, tenant)
		begun := past.begin(t, db, tenant, record)
		record(len(h))
		if _, err := ledger.Seal(t.Context(), db, tenant); err != nil {
			r.Fatal(err)
		}
		begun.goOn()
		for range 4 {
			past.hold(drawQuestion(r, h, true))
		}
	})
}

// asker asks a service about a history.
type asker struct {
	*rapid.T
	ctx     context.Context
	service *trace.Service
	h       lineagetest.History
	seen    map[string]int // how often what came up
}

// hold holds the answers to a question against the search.
func (a *asker) hold(q question) {
	if q.req.Attribute && a.h.UnitsDiffer(q.at, q.ask) {
		_, err := asStream(a.ctx, a.service, q.req, "")
		if errs.Reason(err) != "SEED_UNITS_DIFFER" {
			a.Fatalf("%v: %v, though units differ", q.req, err)
		}
		q.req.Attribute = false
	}
	streamed, err := asStream(a.ctx, a.service, q.req, "")
	if err != nil {
		a.Fatalf("%v: %v", q.req, err)
	}
	a.check("streamed", q, streamed)
	switch lineagetest.Evenly(a.T, 4, "again") {
	case 0:
		q.req.PageSize = int32(1 + len(a.h.Expect(q.at, q.ask))/rapid.IntRange(1, 4).Draw(a.T, "pages"))
		paged, err := pages(a.ctx, a.service.GetTrace, proto.CloneOf(q.req))
		if err != nil {
			a.Fatalf("%v: %v", q.req, err)
		}
		a.check("in pages", q, paged)
	case 1:
		a.checkSummary(q, streamed[len(streamed)-1].Summary)
	}
}

// check holds one answer against the search.
func (a *asker) check(how string, q question, parts []*pb.TracePart) {
	if got, want := historyLines(a.T, parts), a.h.Expect(q.at, q.ask); !slices.Equal(got, want) {
		a.Fatalf("%s %v\n%s", how, q.req, differ(got, want))
	}
	checkTimes(a.T, a.h, q, parts)
	checkMovements(a.T, a.h, q, parts)
	if q.req.Attribute {
		checkLaw(a.T, q, parts)
		checkSums(a.T, q, parts)
		a.checkFigures(q, parts)
	}
	a.count(parts)
}

// count notes what an answer shows, so that it is known what was tried.
func (a *asker) count(parts []*pb.TracePart) {
	summary := parts[len(parts)-1].Summary
	a.seen["answers"]++
	if len(summary.Attributions) > 0 {
		a.seen["attributed"]++
	}
	if summary.MovementCount > 0 {
		a.seen["with movements"]++
	}
	if len(summary.Omissions) > 1 {
		a.seen["left out for several reasons"]++
	}
	for _, o := range summary.Omissions {
		a.seen["left out: "+omitted[o.Reason]]++
	}
}
