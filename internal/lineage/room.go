package lineage

import (
	"context"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

// Room is for the movements that attributions keep in memory, shared by all queries that
// have it: each may keep a few, and one of them at a time as many as one may. So what all
// keep together is bounded, whatever is asked for, and the usual ones wait for nobody.
//
// Those who need more wait for it with what they have, which is few, so they cannot wait for
// each other in a circle.
type Room struct {
	wide     chan struct{}
	few      int
	patience time.Duration
}

// NewRoom is room for so many movements each, and for one at a time that keeps more; others
// wait for that at most so long. A snapshot lasts no longer than a minute while nothing is
// read from it, so patience has to be less.
func NewRoom(few int, patience time.Duration) *Room {
	return &Room{wide: make(chan struct{}, 1), few: few, patience: patience}
}

// Enter waits until there is room for more than a few movements, which is so until leave
// is called. ATTRIBUTIONS_BUSY if that takes too long.
func (r *Room) Enter(ctx context.Context) (leave func(), err error) {
	timeout := time.NewTimer(r.patience)
	defer timeout.Stop()
	select {
	case r.wide <- struct{}{}:
		return func() { <-r.wide }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timeout.C:
		return nil, errs.Exhausted("attribute", "ATTRIBUTIONS_BUSY",
			"this trace is so wide that its quantities are attributed alone, and those of others have been for %s; ask again in a while, with the token of what came last to go on from there, or without attribute",
			r.patience)
	}
}

// grow counts movements that are kept, and waits for room once they are more than a few.
func (a *attributing) grow(ctx context.Context, movements int) error {
	a.movements += movements
	room := a.query.Room
	switch {
	case a.movements > a.query.movements():
		return errTooMany
	case room == nil || a.leave != nil || a.movements <= room.few:
		return nil
	}
	return a.tx.Rest(ctx, func() (err error) {
		a.leave, err = room.Enter(ctx)
		return err
	})
}

// giveBack gives the room back, if there was need of it.
func (a *attributing) giveBack() {
	if a.leave != nil {
		a.leave()
	}
}
