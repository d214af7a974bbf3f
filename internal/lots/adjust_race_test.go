package lots_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/lottrail/lottrail/internal/apitest"
)

// However many take the last of it at once, it is taken once.
func TestAdjustAgainstShip(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", apitest.Shelf)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range 4 {
		for _, call := range []func(context.Context) error{
			func(ctx context.Context) error {
				_, err := s.Lots.AdjustLots(ctx, adjusting("LOST", "-FLOUR/L/1 10 KGM SHELF-1"))
				return err
			},
			func(ctx context.Context) error {
				_, err := s.Lots.ScrapLots(ctx, scrapping("DAMAGE", "FLOUR/L/1 10 KGM SHELF-1"))
				return err
			},
			func(context.Context) error {
				return s.ship(apitest.ID(), apitest.Flour, "L/1", "10", "KGM", apitest.Shelf)
			},
		} {
			wg.Go(func() {
				err := call(t.Context())
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done++
				} else if apitest.Reason(err) != "INSUFFICIENT_STOCK" {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if got := s.stock(apitest.Flour, "L/1"); done != 1 || got != "" {
		t.Errorf("%d took it, and there is %q", done, got)
	}
}

// The service can add to why it adjusted, and never change it.
func TestAdjustmentsAreAppendOnly(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", apitest.Shelf)
	s.mustAdjust("LOST", "-FLOUR/L/1 1 KGM SHELF-1")
	for _, sql := range []string{"UPDATE adjustment SET approved_by = 'x'", "DELETE FROM adjustment"} {
		if _, err := s.DB.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v, want 42501", sql, err)
		}
	}
}
