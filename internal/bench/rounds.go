package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Round is so many clients posting for a while, each the next as soon as the last
// was answered.
type Round struct {
	Calls   int           `json:"calls"`
	Took    time.Duration `json:"took"`
	Median  time.Duration `json:"median"`
	P99     time.Duration `json:"p99"`
	PerCall map[string]float64
}

// Rate is calls a second.
func (r Round) Rate() float64 { return float64(r.Calls) / r.Took.Seconds() }

// round has every poster post until the time is over.
func round(ctx context.Context, w *work, posters []poster, kind posting, duration time.Duration) (Round, error) {
	group, ctx := errgroup.WithContext(ctx)
	took := make([][]time.Duration, len(posters))
	began := time.Now()
	for i, p := range posters {
		group.Go(func() error {
			draw := rand.New(rand.NewPCG(w.seed, uint64(w.next.Load())<<8+uint64(i)))
			for last := began; last.Sub(began) < duration; {
				if err := kind.post(ctx, w, p, draw, i); err != nil {
					return err
				}
				now := time.Now()
				took[i] = append(took[i], now.Sub(last))
				last = now
			}
			return nil
		})
	}
	err := group.Wait()
	all := slices.Concat(took...)
	r := Round{Calls: len(all), Took: time.Since(began)}
	if err != nil {
		return r, errors.Join(err, context.Cause(ctx))
	}
	slices.Sort(all)
	r.Median, r.P99 = all[len(all)/2], all[len(all)*99/100]
	return r, nil
}
