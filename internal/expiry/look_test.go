package expiry_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// A lot is held when its day is over at its site, and not before; one that lies at two
// sites when it is over at the first.
func TestDaysAreThoseOfTheSite(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	march := &pb.ReceiptLine{ExpiryDate: "2030-03-31"}
	h.receive(t, apitest.Flour, "KGM", auckland, march, "A")
	h.receive(t, apitest.Flour, "KGM", honolulu, march, "H")
	h.receive(t, apitest.Flour, "KGM", honolulu, march, "BOTH")
	if _, err := h.Lots.MoveLots(t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
		Sku: apitest.Flour, LotCode: "BOTH", Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}, FromLocationCode: honolulu, ToLocationCode: auckland,
	}}}); err != nil {
		t.Fatal(err)
	}
	h.receive(t, apitest.Flour, "KGM", auckland, &pb.ReceiptLine{BestBeforeDate: "2030-03-31"}, "BB")
	h.receive(t, apitest.Flour, "KGM", auckland, &pb.ReceiptLine{BestBeforeDate: "2030-03-31", ExpiryDate: "2030-04-30"}, "LATER")
	h.receive(t, apitest.Flour, "KGM", auckland, &pb.ReceiptLine{}, "NONE")

	look(t, h.DB, "2030-03-31T10:59:59Z") // a second before the 1st of April in Auckland
	same(t, "before midnight in Auckland", standing(t, h.DB))
	look(t, h.DB, "2030-03-31T11:00:00Z")
	inAuckland := []string{"A 1 expiry date 2030-03-31 has passed", "BB 1 best-before date 2030-03-31 has passed", "BOTH 1 expiry date 2030-03-31 has passed"}
	same(t, "after it", standing(t, h.DB), inAuckland...)
	look(t, h.DB, "2030-04-01T09:59:59Z")
	same(t, "before midnight in Honolulu", standing(t, h.DB), inAuckland...)
	look(t, h.DB, "2030-04-01T10:00:00Z")
	same(t, "after that", standing(t, h.DB), append(inAuckland, "H 1 expiry date 2030-03-31 has passed")...)
	dbtest.CheckLog(t, h.DB)
}

// What came due while nobody looked is done by the next look, and once; what is not
// there any more is left alone until some of it comes back.
func TestDownOverMidnight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(t, milk, "LTR", auckland, &pb.ReceiptLine{ExpiryDate: "2030-03-31"}, "M1", "M2")
	h.receive(t, milk, "LTR", auckland, &pb.ReceiptLine{ExpiryDate: "2030-04-08"}, "M3")
	h.receive(t, milk, "LTR", auckland, &pb.ReceiptLine{ExpiryDate: "2030-05-31"}, "M4")
	shipped, err := h.Dispatch.Ship(t.Context(), &pb.ShipRequest{
		RequestId: apitest.ID(), ShipmentCode: "S", CustomerCode: apitest.Customer,
		Lines: []*pb.ShipmentLine{{Sku: milk, LotCode: "M2", LocationCode: auckland, Quantity: &pb.Quantity{Value: "10", Unit: "LTR"}}},
	})
	if err != nil {
		t.Fatal(shipped, err)
	}
	if looked := look(t, h.DB, "2030-03-20T00:00:00Z"); looked.Held+looked.Alerted > 0 || looked.More {
		t.Errorf("%+v, too early", looked)
	}
	// Down for two weeks: M1 was never told of, and has expired.
	for i := range 3 {
		looked := look(t, h.DB, "2030-04-01T12:00:00Z")
		if want := i == 0; (looked.Held == 1) != want || (looked.Alerted == 1) != want {
			t.Errorf("look %d: %+v", i, looked)
		}
	}
	same(t, "after two weeks", done(t, h.DB), "M1 hold 2030-03-31", "M3 alert 2030-04-08")
	// M2 comes back.
	h.receiveMore(t, milk, "LTR", auckland, "M2")
	look(t, h.DB, "2030-04-01T12:01:00Z")
	look(t, h.DB, "2030-04-09T12:00:00Z")
	same(t, "a week later", done(t, h.DB), "M1 hold 2030-03-31", "M2 hold 2030-03-31", "M3 alert 2030-04-08", "M3 hold 2030-04-08")
	dbtest.CheckLog(t, h.DB)
}

// However many instances look at the same time, and however long they wait for each
// other, each lot is held once and told of once.
func TestManyInstances(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var old, near []string
	for i := range 130 { // more than a transaction takes
		old, near = append(old, fmt.Sprintf("OLD-%03d", i)), append(near, fmt.Sprintf("NEAR-%03d", i))
	}
	h.receive(t, milk, "LTR", auckland, &pb.ReceiptLine{ExpiryDate: "2030-03-31"}, old...)
	h.receive(t, milk, "LTR", honolulu, &pb.ReceiptLine{ExpiryDate: "2030-04-05"}, near...)
	var all sync.WaitGroup
	var mu sync.Mutex
	held, alerted := 0, 0
	for range 4 {
		db, err := pg.Open(t.Context(), h.URL, 3)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		all.Go(func() {
			for range 2 {
				looked := look(t, db, "2030-04-01T12:00:00Z")
				mu.Lock()
				held, alerted = held+looked.Held, alerted+looked.Alerted
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if held != len(old) || alerted != len(near) {
		t.Errorf("%d held, %d alerted; want %d of each", held, alerted, len(old))
	}
	if got := len(standing(t, h.DB)); got != len(old) {
		t.Errorf("%d holds", got)
	}
	if got := lines(t, h.DB, "SELECT lot_code FROM lot_expiry JOIN lot USING (tenant_id, lot_id) GROUP BY lot_code HAVING count(*) <> 1"); len(got) > 0 {
		t.Errorf("more than once: %q", got)
	}
	h.Sealed(t)
	log, err := h.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_EXPIRY_ALERT, pb.OperationKind_OPERATION_KIND_HOLD}, PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, e := range log.Entries {
		if e.Operation.Principal != "lottrail/expiry" || e.Operation.RequestId != "" || e.Operation.Reason == "" {
			t.Errorf("operation %v", e.Operation)
		}
		for _, a := range e.Operation.ExpiryAlerts {
			told[a.Lot.LotCode+" alert "+a.LastDay]++
		}
		for _, f := range e.Operation.Holds {
			told[f.Lot.LotCode+" "+strings.TrimPrefix(f.ReasonCode.String(), "HOLD_REASON_")]++
		}
	}
	for _, code := range old {
		if told[code+" EXPIRY"] != 1 {
			t.Errorf("%s is in the log %d times", code, told[code+" EXPIRY"])
		}
	}
	for _, code := range near {
		if told[code+" alert 2030-04-05"] != 1 {
			t.Errorf("%s is in the log %d times", code, told[code+" alert 2030-04-05"])
		}
	}
	dbtest.CheckLog(t, h.DB)
}

// A hold that somebody released stays released.
func TestReleasedStaysReleased(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(t, apitest.Flour, "KGM", auckland, &pb.ReceiptLine{BestBeforeDate: "2030-03-31"}, "BB")
	look(t, h.DB, "2030-04-01T12:00:00Z")
	if _, err := h.Lots.ReleaseHold(t.Context(), &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "BB", Number: 1, Reason: "tasted"}); err != nil {
		t.Fatal(err)
	}
	look(t, h.DB, "2030-04-01T12:01:00Z")
	look(t, h.DB, "2030-04-02T12:00:00Z")
	same(t, "holds", standing(t, h.DB))
}

// What dates were, and what was done about them, is only ever added to.
func TestHistoryIsAppendOnly(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	for _, table := range []string{"lot_date_change", "lot_expiry"} {
		for _, statement := range []string{"UPDATE " + table + " SET lot_id = 1", "DELETE FROM " + table} {
			var refused *pgconn.PgError
			if _, err := db.Exec(t.Context(), statement); !errors.As(err, &refused) || refused.Code != "42501" {
				t.Errorf("%s: %v, want 42501 insufficient_privilege", statement, err)
			}
		}
	}
}
