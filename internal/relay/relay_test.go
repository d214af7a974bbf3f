package relay_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/relay"
)

var patient = relay.Limit{Stall: time.Minute, What: "list", Instead: ", or ask for pages"}

// numbers emits 1 to n.
func numbers(n int) func(context.Context, func(int) error) error {
	return func(_ context.Context, emit func(int) error) error {
		for i := 1; i <= n; i++ {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	var got, want []int
	for i := 1; i <= 1000; i++ {
		want = append(want, i)
	}
	err := relay.Stream(t.Context(), patient, numbers(1000), func(i int) error { got = append(got, i); return nil })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d parts, %v", len(got), err)
	}
}

// What was read before an error is sent, then the error is told.
func TestReadingFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	sent := 0
	err := relay.Stream(t.Context(), patient, func(ctx context.Context, emit func(int) error) error {
		if err := numbers(3)(ctx, emit); err != nil {
			return err
		}
		return boom
	}, func(int) error { sent++; return nil })
	if !errors.Is(err, boom) || sent != 3 {
		t.Errorf("%d parts, %v", sent, err)
	}
}

func TestReadingPanics(t *testing.T) {
	t.Parallel()
	err := relay.Stream(t.Context(), patient, func(context.Context, func(int) error) error { panic("boom") }, func(int) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "panic: boom") || errs.Reason(err) != "" {
		t.Errorf("%v", err)
	}
}

// A client that is gone ends the reading.
func TestSendingFails(t *testing.T) {
	t.Parallel()
	gone, ended := errors.New("gone"), make(chan error, 1)
	err := relay.Stream(t.Context(), patient, func(ctx context.Context, emit func(int) error) error {
		err := numbers(1_000_000)(ctx, emit)
		ended <- err
		return err
	}, func(i int) error {
		if i == 3 {
			return gone
		}
		return nil
	})
	if !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("reading ended with %v", err)
	}
}

// A client that stalls ends the reading too, long before it reads on; then it gets
// what was read and is told.
func TestStall(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	var got []int
	err := relay.Stream(t.Context(), relay.Limit{Stall: 10 * time.Millisecond, What: "list", Instead: ", or ask for pages"}, func(ctx context.Context, emit func(int) error) error {
		defer close(ended)
		return numbers(1_000_000)(ctx, emit)
	}, func(i int) error {
		if i == 1 {
			<-ended
		}
		got = append(got, i)
		return nil
	})
	if errs.Reason(err) != relay.ReasonStalled || !strings.Contains(err.Error(), "nothing of the list was taken for 10ms") || !strings.HasSuffix(err.Error(), ", or ask for pages") {
		t.Errorf("%v", err)
	}
	if len(got) < 2 || len(got) > 10 {
		t.Errorf("%d parts were ahead", len(got))
	}
}
