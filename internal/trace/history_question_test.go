package trace_test

import (
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// question is one that is asked of a history.
type question struct {
	at  lineagetest.Moment
	ask lineagetest.Ask
	req *pb.GetTraceRequest
}

// drawQuestion draws any, and of the past only if it is in the log.
func drawQuestion(r *rapid.T, h lineagetest.History, sealed bool) question {
	q := question{at: h.Now(), req: &pb.GetTraceRequest{Filter: &pb.TraceFilter{}}}
	if sealed && lineagetest.Evenly(r, 3, "known then") == 0 {
		q.at.Known = 1 + lineagetest.Evenly(r, len(h), "known at")
	}
	if lineagetest.Evenly(r, 3, "of then") == 0 {
		q.at.Minute = lineagetest.Evenly(r, len(h)+1, "as of")
	}
	if len(h.Lots(q.at)) == 0 { // nothing to ask about
		q.at = h.Now()
	}
	if q.at.Known < len(h) {
		q.req.KnownAt = index(q.at.Known)
	}
	if q.at.Minute < h.Now().Minute {
		q.req.AsOf = timestamppb.New(lineagetest.At(q.at.Minute))
	}
	lots := h.Lots(q.at)
	if tied := h.Tied(q.at); len(tied) > 0 && lineagetest.Evenly(r, 5, "tied") > 0 {
		q.drawSeeds(r, tied, h.Runs(q.at))
	} else {
		q.drawSeeds(r, lots, h.Runs(q.at))
	}
	q.req.Direction = directions[lineagetest.Evenly(r, len(directions), "direction")]
	q.ask.Forward, q.ask.Backward = words[q.req.Direction] != "backward", words[q.req.Direction] != "forward"
	if q.ask.Forward && q.ask.Backward && lineagetest.Evenly(r, 2, "siblings") == 0 {
		q.ask.Siblings, q.req.Siblings = true, true
	}
	q.drawFilter(r, h, lots)
	q.req.Attribute = q.ask.Window == nil && lineagetest.Evenly(r, 4, "attributed") > 0
	if lineagetest.Evenly(r, 4, "movements") == 0 {
		q.req.Detail = pb.TraceDetail_TRACE_DETAIL_MOVEMENTS
	}
	return q
}

// drawFilter draws what to leave out: often nothing, sometimes by several filters.
func (q *question) drawFilter(r *rapid.T, h lineagetest.History, lots []string) {
	f := q.req.Filter
	some := func(what string) bool { return lineagetest.Evenly(r, 4, what) == 0 }
	if some("limited") {
		q.ask.MaxDepth = []int{1, 1, 2, 3}[lineagetest.Evenly(r, 4, "depth")]
		f.MaxDepth = int32(q.ask.MaxDepth)
	}
	if some("of items") {
		q.ask.Items = []string{lineagetest.Item(rapid.SampledFrom(lots).Draw(r, "item"))}
		f.Skus = q.ask.Items
	}
	if some("of categories") {
		for _, lot := range rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 1, min(2, len(lots)), rapid.ID).Draw(r, "categories of") {
			q.ask.Categories = append(q.ask.Categories, lineagetest.Category(lineagetest.Item(lot)))
		}
		f.Categories = q.ask.Categories
	}
	if some("at places") {
		q.ask.Places = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "SITE"}), 1, 2, rapid.ID).Draw(r, "places")
		f.LocationCodes = q.ask.Places
	}
	if some("in a window") {
		q.drawWindow(r, len(h))
	}
	q.ask.InTimeOnly = some("in time only")
	f.InTimeOnly = q.ask.InTimeOnly
}

// drawWindow draws a window that is open at either end, or at none.
func (q *question) drawWindow(r *rapid.T, minutes int) {
	w := &lineagetest.Window{From: -1, Until: minutes + 1}
	open := rapid.SampledFrom([]string{"", "from", "until"}).Draw(r, "open")
	if open != "from" {
		w.From = lineagetest.Evenly(r, min(minutes, q.at.Minute+1), "from")
		q.req.Filter.From = timestamppb.New(lineagetest.At(w.From))
	}
	if open != "until" {
		w.Until = w.From + 1 + lineagetest.Evenly(r, minutes-w.From, "until")
		q.req.Filter.Until = timestamppb.New(lineagetest.At(w.Until))
	}
	q.ask.Window = w
}

// drawSeeds draws one lot, or several lots and runs.
func (q *question) drawSeeds(r *rapid.T, lots, runs []string) {
	if rapid.Bool().Draw(r, "one seed") {
		q.ask.Seed = lots[lineagetest.Evenly(r, min(len(lots), 16), "seed")]
		q.req.Sku, q.req.LotCode, _ = strings.Cut(q.ask.Seed, "/")
		return
	}
	q.ask.Lots = rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 1, min(3, len(lots)), rapid.ID).Draw(r, "lots")
	q.ask.Runs = rapid.SliceOfNDistinct(rapid.SampledFrom(runs), 0, min(2, len(runs)), rapid.ID).Draw(r, "runs")
	for _, lot := range q.ask.Lots {
		sku, code, _ := strings.Cut(lot, "/")
		q.req.Seeds = append(q.req.Seeds, &pb.TraceSeed{Seed: &pb.TraceSeed_Lot{Lot: &pb.LotKey{Sku: sku, LotCode: code}}})
	}
	for _, run := range q.ask.Runs {
		order, code, _ := strings.Cut(run, "#")
		q.req.Seeds = append(q.req.Seeds, &pb.TraceSeed{Seed: &pb.TraceSeed_Run{Run: &pb.TraceRunKey{ProductionOrderCode: order, RunCode: code}}})
	}
}
