package lineage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/pg"
)

// OutOfTime is a lot or run by its Ref, or a receipt or shipment by its number among
// those of the walk, counted from 1, that the seed cannot have reached, or come from, in
// time: material cannot be in what left before it came in. One field is set.
type OutOfTime struct{ Ref, Receipt, Shipment int32 }

// OutOfTimeCounts is how many of each kind are out of time.
type OutOfTimeCounts struct{ Lots, Runs, Receipts, Shipments int32 }

func (c OutOfTimeCounts) any() bool { return c != OutOfTimeCounts{} }

// lateness is what a walk found out of time.
type lateness struct {
	lots, runs map[int64]bool
	// receipts and shipments are when the lots were reached that have some out of time.
	receipts, shipments map[int64]int64
	// receiptNumbers and shipmentNumbers are which of those that were sent these are.
	receiptNumbers, shipmentNumbers []int32
}

func newLateness() *lateness {
	return &lateness{
		lots: map[int64]bool{}, runs: map[int64]bool{}, receipts: map[int64]int64{}, shipments: map[int64]int64{},
	}
}

// add takes what times found one way. What the other ways met, which were walked before, is
// what it is: in time if it was on either.
func (l *lateness) add(t *times, others ...*pass) {
	if t == nil {
		return
	}
	ends, numbers := l.shipments, &l.shipmentNumbers
	if t.sign < 0 {
		ends, numbers = l.receipts, &l.receiptNumbers
	}
	for id, lot := range t.lots {
		if lot.at == never && !slices.ContainsFunc(others, func(p *pass) bool { return p.lots.has(id) }) {
			l.lots[id] = true
		}
		for _, e := range lot.ends {
			ends[id] = lot.at
			if e.number > 0 {
				*numbers = append(*numbers, e.number)
			}
		}
	}
	for id := range t.runs {
		if !slices.ContainsFunc(others, func(p *pass) bool { return p.runs.has(id) }) {
			l.runs[id] = true
		}
	}
	slices.Sort(*numbers)
}

// findLate walks without sending anything, to know beforehand what is out of time.
func findLate(ctx context.Context, tx *pg.Snapshot, q Query) (*lateness, error) {
	q.InTimeOnly, q.Attribute, q.Detail = false, false, Everything
	w := newWalk(tx, q, func(*Part) error { return nil })
	w.silent = true
	return w.late, w.walk(ctx)
}

// lateLot says whether a lot is left out because it is out of time.
func (s *sender) lateLot(lotID int64) bool { return s.leaveOut != nil && s.leaveOut.lots[lotID] }

// lateRun says whether a run is left out because it is out of time, and counts it.
func (s *sender) lateRun(runID int64) bool {
	if s.leaveOut == nil || !s.leaveOut.runs[runID] {
		return false
	}
	if s.runs.mark(runID, tooLate) {
		s.summary.OutOfTime.Runs++
	}
	return true
}

// lateReceipt says whether a receipt of a lot is left out because it is out of time, and
// counts it.
func (s *sender) lateReceipt(lotID int64, at time.Time) bool {
	late := s.withoutReceipt(lotID, at)
	if late {
		s.summary.OutOfTime.Receipts++
	}
	return late
}

// lateShipment is lateReceipt for a shipment.
func (s *sender) lateShipment(lotID int64, at time.Time) bool {
	late := s.withoutShipment(lotID, at)
	if late {
		s.summary.OutOfTime.Shipments++
	}
	return late
}

// withoutReceipt says whether a receipt of a lot is left out because it is out of time.
func (s *sender) withoutReceipt(lotID int64, at time.Time) bool {
	if s.leaveOut == nil {
		return false
	}
	departed, some := s.leaveOut.receipts[lotID]
	return some && -at.UnixMicro() < departed
}

// withoutShipment is withoutReceipt for a shipment.
func (s *sender) withoutShipment(lotID int64, at time.Time) bool {
	if s.leaveOut == nil {
		return false
	}
	arrived, some := s.leaveOut.shipments[lotID]
	return some && at.UnixMicro() < arrived
}

// sendOutOfTime sends, in order, what of that which was sent is out of time.
func (s *sender) sendOutOfTime(l *lateness) error {
	var late []OutOfTime
	for id := range l.lots {
		if lot := s.lots.get(id); lot.marks&sent != 0 {
			late = append(late, OutOfTime{Ref: lot.ref})
			s.summary.OutOfTime.Lots++
		}
	}
	for id := range l.runs {
		if run := s.runs.get(id); run.marks&sent != 0 {
			late = append(late, OutOfTime{Ref: run.ref})
			s.summary.OutOfTime.Runs++
		}
	}
	slices.SortFunc(late, func(a, b OutOfTime) int { return cmp.Compare(a.Ref, b.Ref) })
	for _, number := range l.receiptNumbers {
		late = append(late, OutOfTime{Receipt: number})
		s.summary.OutOfTime.Receipts++
	}
	for _, number := range l.shipmentNumbers {
		late = append(late, OutOfTime{Shipment: number})
		s.summary.OutOfTime.Shipments++
	}
	for _, o := range late {
		s.part.OutOfTime = append(s.part.OutOfTime, o)
		if err := s.weigh(1); err != nil {
			return err
		}
	}
	return nil
}
