package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// collectSeldom lets the heap grow to five times what lives before garbage is collected,
// unless GOGC says otherwise. What lives is a few MiB, the rules and the connections:
// left alone, collection would begin after each few MiB of requests, and take more of the
// processor than some of them. docs/performance.md has what it changes.
//
// Where more lives, as while very much is traced, that would be far too much to leave
// lying about: then the heap grows to so much (plenty), and half of what lives.
func collectSeldom() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(seldom)
	runtime.SetFinalizer(&collection{set: seldom}, (*collection).over)
}

const (
	seldom = 400
	// often bounds what collecting costs where very much lives.
	often  = 30
	plenty = 24 << 20
)

// collection is garbage at once, so that over is called after every collection.
type collection struct {
	set int
	_   *byte // or it would share its place with others, and might never be garbage
}

func (c *collection) over() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	// To set it stops everything for a moment: not for nothing.
	if next := percentFor(live[0].Value.Uint64()); next*10 < c.set*9 || next*9 > c.set*10 {
		c.set = next
		debug.SetGCPercent(next)
	}
	runtime.SetFinalizer(c, (*collection).over)
}

// percentFor is how much garbage there may be, in percent of what lives.
func percentFor(live uint64) int {
	lives := int64(max(live, 1)) //nolint:gosec // no heap is that large
	return int(min(seldom, max(often, 100*(plenty-lives/2)/lives)))
}
