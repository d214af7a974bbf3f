package knownat_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// house is a tenant with a lot, on which holds are placed: each is an operation.
type house struct {
	db       *pg.DB
	tenantID int64
	lotID    int64
}

func newHouse(t *testing.T, db *pg.DB, tenantID int64) *house {
	t.Helper()
	world := lineagetest.Load(t, db, tenantID, lineagetest.Graph{
		Receipts: []lineagetest.Receipt{{Supplier: "mill", Amount: lineagetest.Amount{Lot: "a/1", Quantity: 10}}},
	})
	return &house{db, tenantID, world.LotIDs["a/1"]}
}

func (h *house) hold(t *testing.T) {
	t.Helper()
	err := h.db.Write(t.Context(), pg.Author{TenantID: h.tenantID, Principal: "test", RequestID: "hold"}, func(tx *pg.Tx) error {
		locked, err := ledger.Lock(t.Context(), tx, []int64{h.lotID})
		if err != nil {
			return err
		}
		_, err = ledger.Post(t.Context(), tx, locked, &ledger.Operation{
			Kind: ledger.KindHold, OccurredAt: time.Now(), Reason: "test", Holds: []ledger.HoldChange{{LotID: h.lotID, Reason: "test"}},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seal seals so many operations, holds but for the receipt that comes first.
func (h *house) seal(t *testing.T, operations int) ledger.Sealed {
	t.Helper()
	var waiting int
	if err := h.db.QueryRow(t.Context(), "SELECT count(*) FROM unlogged WHERE tenant_id = $1", h.tenantID).Scan(&waiting); err != nil {
		t.Fatal(err)
	}
	for range operations - waiting {
		h.hold(t)
	}
	sealed, err := ledger.Seal(t.Context(), h.db, h.tenantID)
	if err != nil || sealed.Entries != operations {
		t.Fatalf("%+v, %v", sealed, err)
	}
	return sealed
}

func at(t time.Time) *pb.KnownAt {
	return &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: timestamppb.New(t)}}
}

func index(i int64) *pb.KnownAt { return &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: i}} }

func clock(t *testing.T, db *pg.DB) time.Time {
	t.Helper()
	var now time.Time
	if err := db.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&now); err != nil {
		t.Fatal(err)
	}
	return now
}

func TestResolve(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	before, h := clock(t, db), newHouse(t, db, 1)
	one := h.seal(t, 3)
	between := clock(t, db)
	two := h.seal(t, 2)
	after := clock(t, db)
	seconds := func(s int64, nanos int32) *pb.KnownAt {
		return &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: &timestamppb.Timestamp{Seconds: s, Nanos: nanos}}}
	}
	const none = -1
	for name, c := range map[string]struct {
		asked  *pb.KnownAt
		index  int64
		sealed time.Time
		refuse string
	}{
		"now":                            {nil, none, time.Time{}, ""},
		"nothing said":                   {&pb.KnownAt{}, none, time.Time{}, ""},
		"index 0":                        {index(0), 0, time.Time{}, ""},
		"index within a sealing":         {index(2), 2, one.SealedAt, ""},
		"last index of a sealing":        {index(3), 3, one.SealedAt, ""},
		"end":                            {index(5), 5, two.SealedAt, ""},
		"beyond the end":                 {index(6), none, time.Time{}, "known_at.log_index"},
		"before the log":                 {at(before), 0, time.Time{}, ""},
		"just before a sealing":          {at(one.SealedAt.Add(-time.Microsecond)), 0, time.Time{}, ""},
		"a part of a microsecond before": {at(one.SealedAt.Add(-1)), 0, time.Time{}, ""},
		"the moment of a sealing":        {at(one.SealedAt), 3, one.SealedAt, ""},
		"a part of a microsecond after":  {at(one.SealedAt.Add(999)), 3, one.SealedAt, ""},
		"between two":                    {at(between), 3, one.SealedAt, ""},
		"just before the last":           {at(two.SealedAt.Add(-time.Microsecond)), 3, one.SealedAt, ""},
		"the moment of the last":         {at(two.SealedAt), 5, two.SealedAt, ""},
		"after the last":                 {at(after), 5, two.SealedAt, ""},
		"to come":                        {at(clock(t, db).Add(time.Hour)), none, time.Time{}, "known_at.time"},
		"far ahead":                      {seconds(1<<62, 0), none, time.Time{}, "known_at.time"},
		"as far ahead as can be":         {seconds(1<<63-1, 0), none, time.Time{}, "known_at.time"},
		"far back":                       {seconds(-1<<62, 0), 0, time.Time{}, ""},
		"no nanoseconds":                 {seconds(after.Unix()-3600, -5), 0, time.Time{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			point, err := knownat.Resolve(t.Context(), db, 1, c.asked)
			if c.refuse != "" {
				var refusal *errs.Error
				if !errors.As(err, &refusal) || refusal.Reason != "IN_THE_FUTURE" || refusal.Violations[0].Path != c.refuse {
					t.Errorf("%v, %v; want %s to be in the future", point, err, c.refuse)
				}
				return
			}
			switch {
			case err != nil:
				t.Fatal(err)
			case point == nil:
				if c.index != none {
					t.Errorf("now, want index %d", c.index)
				}
			case point.LogIndex != c.index || (point.SealedAt == nil) != c.sealed.IsZero() || point.SealedAt != nil && !point.SealedAt.Equal(c.sealed):
				t.Errorf("%s, want index %d, sealed at %s", point, c.index, c.sealed)
			}
		})
	}
}

// Each tenant has a log of its own, and one that has none yet knows nothing.
func TestTenants(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	newHouse(t, db, 1).seal(t, 3)
	other := newHouse(t, db, 2).seal(t, 1)
	now := clock(t, db)
	if point, err := knownat.Resolve(t.Context(), db, 2, at(now)); err != nil || point.LogIndex != 1 || !point.SealedAt.Equal(other.SealedAt) {
		t.Errorf("%v, %v, want index 1", point, err)
	}
	if point, err := knownat.Resolve(t.Context(), db, 2, index(2)); err == nil {
		t.Errorf("%v of another tenant", point)
	}
	newHouse(t, db, 3) // of which nothing was sealed
	for _, asked := range []*pb.KnownAt{index(0), at(now), index(0)} {
		if point, err := knownat.Resolve(t.Context(), db, 3, asked); err != nil || point.LogIndex != 0 {
			t.Errorf("%v, %v, want index 0", point, err)
		}
	}
	if _, err := knownat.Resolve(t.Context(), db, 3, at(clock(t, db).Add(time.Hour))); errs.Reason(err) != "IN_THE_FUTURE" {
		t.Errorf("%v, want IN_THE_FUTURE", err)
	}
}

// A sealer that is held up for long is not waited for without end.
func TestContention(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	ctx := context.Background()
	holder, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback(ctx) }()
	if _, err := holder.Exec(ctx, "SELECT FROM log_head WHERE tenant_id = 1 FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	if point, err := knownat.Resolve(ctx, db, 1, at(clock(t, db))); errs.Reason(err) != "CONTENTION" {
		t.Errorf("%v, %v, want CONTENTION", point, err)
	}
}
