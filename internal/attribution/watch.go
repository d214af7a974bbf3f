package attribution

import "context"

// watched is after how many movements it is looked whether anybody still waits for what
// comes of them.
const watched = 10_000

// watch counts the movements that were gone through.
type watch struct {
	ctx  context.Context
	done int
}

// after counts some more, and returns why nobody waits any more.
func (w *watch) after(movements int) error {
	if w.done += movements; w.done < watched {
		return nil
	}
	w.done = 0
	return w.ctx.Err()
}

// size is how many movements there are at a node.
func (h *History) size(n node) int {
	if int(n) < len(h.lots) {
		return 1 + len(h.lots[n].steps)
	}
	r := h.runs[int(n)-len(h.lots)]
	return 1 + len(r.feeds) + len(r.parts)
}
