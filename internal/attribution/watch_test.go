package attribution_test

import (
	"context"
	"errors"
	"testing"
)

// leaving is a context that ends when it is looked at for the last time.
type leaving struct {
	context.Context
	left, looks int
}

func (l *leaving) Err() error {
	if l.looks++; l.looks > l.left {
		return context.Canceled
	}
	return nil
}

// Nobody is gone on for who has left, whatever is being done: each of these takes long, and
// ends at the first look that tells.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(h *history){
		"a loop that goes round for ever": func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(6, 3, "5")
			h.consume(3, 5, "5")
			h.put(5, 2, "15")
			h.consume(2, 6, "15")
		},
		"a long way": func(h *history) {
			h.receive(1, "1")
			for i := int64(1); i < 10_000; i++ {
				h.consume(i, 100_000+i, "1")
				h.put(100_000+i, i+1, "1")
			}
		},
		"many lots of one run": func(h *history) {
			h.receive(1, "1")
			h.consume(1, 100_000, "1")
			for i := int64(2); i < 20_000; i++ {
				h.put(100_000, i, "1")
				h.ship(i, i, "1")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHistory()
			build(h)
			all := &leaving{Context: t.Context(), left: 1 << 30}
			if err := h.prepare(t, false, []int64{1}).Attribute(all); err != nil || all.looks < 5 {
				t.Fatalf("%v after %d looks", err, all.looks)
			}
			for left := range 5 {
				ctx := &leaving{Context: t.Context(), left: left}
				if err := h.prepare(t, false, []int64{1}).Attribute(ctx); !errors.Is(err, context.Canceled) || ctx.looks != left+1 {
					t.Fatalf("%v after %d looks, want it to end after %d", err, ctx.looks, left+1)
				}
			}
		})
	}
}
