package expiry_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/expiry"
)

// The job looks when it begins, and again when a day begins at a site, long before its
// minute is over; and ends when it is told to.
func TestJob(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(t, apitest.Flour, "KGM", auckland, &pb.ReceiptLine{ExpiryDate: "2030-03-30"}, "OLD")
	h.receive(t, apitest.Flour, "KGM", auckland, &pb.ReceiptLine{ExpiryDate: "2030-03-31"}, "LAST-DAY")
	began, ahead := time.Now(), time.Date(2030, 3, 31, 10, 59, 58, 0, time.UTC) // two seconds before midnight
	job := expiry.NewJob(h.DB, func() time.Time { return ahead.Add(time.Since(began)) })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		job.Run(ctx, slog.New(slog.NewTextHandler(t.Output(), nil)))
	}()
	for _, lot := range []string{"OLD", "LAST-DAY"} {
		for deadline := time.Now().Add(30 * time.Second); !slices.ContainsFunc(standing(t, h.DB), func(hold string) bool { return strings.HasPrefix(hold, lot) }); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s is not held", lot)
			}
		}
	}
	cancel()
	<-ended
	same(t, "done", done(t, h.DB), "LAST-DAY hold 2030-03-31", "OLD hold 2030-03-30")
}
