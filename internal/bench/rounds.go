package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// round is so many clients that post for a while, each the next as soon as the last
// was answered.
type round struct {
	calls, refused int
	took           time.Duration
	median, p99    time.Duration
	written        Written
}

// rate is accepted calls a second.
func (r *round) rate() float64 { return float64(r.calls) / r.took.Seconds() }

// play has every poster post until the time is over, at least once.
func (b *bench) play(ctx context.Context, posters []poster, kind posting, duration time.Duration) (*round, error) {
	group, ctx := errgroup.WithContext(ctx)
	took := make([][]time.Duration, len(posters))
	refused := make([]int, len(posters))
	seed := uint64(b.work.next.Load())
	began := time.Now()
	for i, p := range posters {
		group.Go(func() error {
			draw := rand.New(rand.NewPCG(seed, uint64(i)))
			for last := began; last == began || last.Sub(began) < duration; {
				err := kind.post(ctx, b.work, p, draw, i)
				now := time.Now()
				switch {
				case status.Code(err) == codes.Aborted:
					refused[i]++ // for contention, which is an answer
				case err != nil:
					return err
				default:
					took[i] = append(took[i], now.Sub(last))
				}
				last = now
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	r := &round{took: time.Since(began)}
	for _, n := range refused {
		r.refused += n
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	if r.calls = len(all); r.calls > 0 {
		r.median, r.p99 = all[len(all)/2], all[len(all)*99/100]
	}
	return r, nil
}

// counted is a round, and what it wrote a call.
func (b *bench) counted(ctx context.Context, posters []poster, kind posting) (*round, error) {
	before, err := count(ctx, b.conn)
	if err != nil {
		return nil, err
	}
	r, err := b.play(ctx, posters, kind, b.Duration)
	if err != nil {
		return nil, err
	}
	after, err := count(ctx, b.conn)
	r.written = Written{}
	for table, n := range after {
		if n != before[table] {
			r.written[table] = float64(n-before[table]) / float64(r.calls)
		}
	}
	return r, err
}
