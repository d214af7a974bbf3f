package lineage

import "slices"

// common ranks what at least two complaints have in common.
func (w *web) common(complaints []Complaint, receipts []received) []Origin {
	origins := map[Origin]*Origin{}
	note := func(key Origin, place int, depth int32, inTime bool) {
		o := origins[key]
		if o == nil {
			o = &Origin{Kind: key.Kind, ID: key.ID, Code: key.Code}
			origins[key] = o
		}
		o.Explains.add(place)
		o.Distance += depth
		if inTime {
			o.InTime.add(place)
		}
	}
	for place, c := range complaints {
		u := w.upstream(c)
		for id, depth := range u.lots {
			_, inTime := u.left[id]
			note(Origin{Kind: OriginLot, ID: id}, place, depth, inTime)
		}
		for id, depth := range u.runs {
			note(Origin{Kind: OriginRun, ID: id}, place, depth, u.reached[id])
		}
		for code, r := range u.receipts(receipts) {
			note(Origin{Kind: OriginReceipt, Code: code}, place, r.depth, r.inTime)
		}
	}
	var ranked []Origin
	for _, o := range origins {
		if o.Explains.Count() > 1 {
			ranked = append(ranked, *o)
		}
	}
	slices.SortFunc(ranked, func(a, b Origin) int { return a.Compare(&b) })
	return ranked
}

// upstream is what is behind a complaint: how many runs away, and until when what left
// each lot can have got into it; runs that can have got into it are reached.
type upstream struct {
	lots, runs map[int64]int32
	left       map[int64]int64
	reached    map[int64]bool
}

func (w *web) upstream(c Complaint) *upstream {
	u := &upstream{lots: map[int64]int32{}, runs: map[int64]int32{}, left: map[int64]int64{}, reached: map[int64]bool{}}
	w.measure(u, c)
	w.time(u, c)
	return u
}

// measure finds how far everything is, level by level.
func (w *web) measure(u *upstream, c Complaint) {
	var level []int64
	meet := func(id int64, depth int32) {
		if _, met := u.lots[id]; !met {
			u.lots[id] = depth
			level = append(level, id)
		}
	}
	for _, id := range c.LotIDs {
		meet(id, 0)
	}
	for _, id := range c.RunIDs {
		u.runs[id] = 0
		for _, t := range w.took[id] {
			meet(t.lotID, 0)
		}
	}
	for depth := int32(1); len(level) > 0; depth++ {
		lots := level
		level = nil
		for _, lot := range lots {
			for _, from := range w.from[lot] {
				if _, met := u.runs[from.runID]; met {
					continue
				}
				u.runs[from.runID] = depth
				for _, t := range w.took[from.runID] {
					meet(t.lotID, depth)
				}
			}
		}
	}
}

// time finds the latest departures, as times does backward.
func (w *web) time(u *upstream, c Complaint) {
	var open []int64
	leave := func(id, at int64) {
		if before, met := u.left[id]; !met || before < at {
			u.left[id] = at
			open = append(open, id)
		}
	}
	reach := func(runID int64) {
		if u.reached[runID] {
			return
		}
		u.reached[runID] = true
		for _, t := range w.took[runID] {
			leave(t.lotID, t.last)
		}
	}
	for _, id := range c.LotIDs {
		leave(id, never)
	}
	for _, id := range c.RunIDs {
		reach(id)
	}
	for len(open) > 0 {
		lot := open[len(open)-1]
		open = open[:len(open)-1]
		for _, from := range w.from[lot] {
			if from.first <= u.left[lot] {
				reach(from.runID)
			}
		}
	}
}

// nearReceipt is how far a receipt is from a complaint, and whether what it brought can have got
// into it.
type nearReceipt struct {
	depth  int32
	inTime bool
}

// receipts are those that brought some of the lots, each by its nearest.
func (u *upstream) receipts(all []received) map[string]nearReceipt {
	found := map[string]nearReceipt{}
	for _, r := range all {
		depth, behind := u.lots[r.LotID]
		if !behind {
			continue
		}
		left, reached := u.left[r.LotID]
		now := nearReceipt{depth, reached && r.ReceivedAt.UnixMicro() <= left}
		if before, met := found[r.ReceiptCode]; met {
			now.depth, now.inTime = min(now.depth, before.depth), now.inTime || before.inTime
		}
		found[r.ReceiptCode] = now
	}
	return found
}
