package lots

import (
	"cmp"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// timelineStage is what a fact is. The facts of one operation go in this order.
type timelineStage int8

const (
	timelineMoved timelineStage = iota + 1
	timelineRecalled
	timelinePlaced
	timelineReleased
	timelineKept
	timelineDated
	timelineAlerted
	timelineReserved
)

// timelinePlace is where a fact stands in the history of its lot, which is the order
// of recording: nothing comes before what is there already.
type timelinePlace struct {
	RecordedAt  time.Time
	OperationID int64
	Stage       timelineStage
	ID          int64
}

func (p timelinePlace) compare(q timelinePlace) int {
	return cmp.Or(p.RecordedAt.Compare(q.RecordedAt), cmp.Compare(p.OperationID, q.OperationID), cmp.Compare(p.Stage, q.Stage), cmp.Compare(p.ID, q.ID))
}

// in is the same place among the facts of one stage, by their ids: behind all of its
// operation in the stages before its own, before all in those behind.
func (p timelinePlace) in(stage timelineStage) (id int64) {
	switch {
	case p.Stage > stage:
		return maxID
	case p.Stage == stage:
		return p.ID
	}
	return 0
}

const maxID = 1<<63 - 1

// timelineWindow is what lies between two places, both outside.
type timelineWindow struct{ low, high timelinePlace }

// stockAmount is how much of a lot there is, and what that weighs if it is weighed.
type stockAmount struct{ quantity, weight qty.Decimal }

func (a stockAmount) add(b stockAmount) stockAmount {
	return stockAmount{a.quantity.Add(b.quantity), a.weight.Add(b.weight)}
}

func (a stockAmount) sub(b stockAmount) stockAmount {
	return stockAmount{a.quantity.Sub(b.quantity), a.weight.Sub(b.weight)}
}

// timelineStep is a fact with how much of the lot there was before and after it.
type timelineStep struct {
	timelineFact
	before, after stockAmount
}

// timelineEnd is where a page ended: behind the last fact that was looked at, and how
// much of the lot there was there.
type timelineEnd struct {
	timelinePlace
	OnHand stockAmount
}

// walkTimeline goes along facts, which are in their order or, backward, the other way
// round, and returns up to so many of the kinds that are wanted. onHand is how much of
// the lot there was where it begins. more says that further facts follow these. end is
// nil if nothing that is wanted can follow.
func walkTimeline(facts []timelineFact, backward bool, onHand stockAmount, wanted []string, most int, more bool) (steps []timelineStep, end *timelineEnd) {
	for i, fact := range facts {
		step := timelineStep{fact, onHand, onHand.add(fact.change)}
		if backward {
			step.before, step.after = onHand.sub(fact.change), onHand
		}
		if len(wanted) == 0 || slices.Contains(wanted, fact.operationKind) {
			if len(steps) == most {
				return steps, &timelineEnd{facts[i-1].timelinePlace, onHand}
			}
			steps = append(steps, step)
		}
		if onHand = step.after; backward {
			onHand = step.before
		}
	}
	if more && len(facts) > 0 {
		end = &timelineEnd{facts[len(facts)-1].timelinePlace, onHand}
	}
	return steps, end
}
