package bench

import (
	"fmt"
	"io"
	"time"
)

// Progress tells people how far it is: on a terminal in one line that changes,
// elsewhere a line a step.
type Progress struct {
	w    io.Writer
	live bool
	step string
	last time.Time
}

// NewProgress returns a progress that is told on w. live says that w is a terminal.
func NewProgress(w io.Writer, live bool) *Progress { return &Progress{w: w, live: live} }

const clearLine = "\r\x1b[K"

// Step begins a step.
func (p *Progress) Step(format string, args ...any) {
	p.step = fmt.Sprintf(format, args...)
	if p.live {
		fmt.Fprint(p.w, clearLine, "… ", p.step)
		return
	}
	fmt.Fprintln(p.w, "…", p.step)
}

// Part tells how much of the step is done, and at what it is. It is of no interest
// where nobody looks on.
func (p *Progress) Part(what string, done, all int) {
	if !p.live || time.Since(p.last) < 100*time.Millisecond {
		return
	}
	p.last = time.Now()
	if all == 0 {
		fmt.Fprintf(p.w, "%s… %s: %s", clearLine, p.step, what)
		return
	}
	fmt.Fprintf(p.w, "%s… %s: %d %% (%s)", clearLine, p.step, 100*done/all, what)
}

// End takes away what should not stay.
func (p *Progress) End() {
	if p.live {
		fmt.Fprint(p.w, clearLine)
	}
}
