package trace_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

// What is more than may be held in memory is refused with what to do about it, and the
// same question about less is answered.
func TestTooWide(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	graph := "mill -> a/1 900\n"
	for i := range 20 {
		graph += fmt.Sprintf("r#%[1]d: a/1 1 -> b/%[1]d 5\n s#%[1]d: b/%[1]d 1 -> c/1 1\n", i)
	}
	lineagetest.Load(t, db, 1, parse(t, graph))
	ctx := auth.NewContext(t.Context(), auth.Identity{TenantID: 1, Principal: "test"})
	service := trace.New(db)
	end := func(sku string) *pb.TraceWayEnd { return &pb.TraceWayEnd{Sku: sku, LotCode: "1"} }
	for ties, wide := range map[int]bool{30: true, 1000: false} {
		service.SetTies(ties)
		path, err := service.FindPath(ctx, &pb.FindPathRequest{From: end("a"), To: end("c")})
		if wide {
			wantExhausted(t, err, "TOO_WIDE", "to")
		} else if err != nil || !path.Found {
			t.Errorf("%v, %v", path, err)
		}
		common, err := service.RankCommonOrigins(ctx, &pb.RankCommonOriginsRequest{Complaints: []*pb.TraceSeed{lotSeed("c", "1"), lotSeed("b", "1")}})
		if wide {
			wantExhausted(t, err, "TOO_WIDE", "complaints")
		} else if err != nil || common.OriginCount == 0 {
			t.Errorf("%v, %v", common, err)
		}
	}
}

// An attribution for which there is no room beside another comes to the call as a refusal,
// and once there is, the trace goes on where it stopped.
func TestNoRoomForAttributions(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	lineagetest.Load(t, db, 1, parse(t, bakery))
	ctx := auth.NewContext(t.Context(), auth.Identity{TenantID: 1, Principal: "test"})
	service, room := trace.New(db), lineage.NewRoom(2, 10*time.Millisecond)
	service.SetRoom(room)
	leave, err := room.Enter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	first, err := service.GetTrace(ctx, &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: directions[0], PageSize: 5, Attribute: true})
	if err != nil {
		t.Fatal(err)
	}
	rest := &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: directions[0], PageSize: 1000, Attribute: true, PageToken: first.NextPageToken}
	_, err = service.GetTrace(ctx, rest)
	wantExhausted(t, err, "ATTRIBUTIONS_BUSY", "attribute")
	leave()
	second, err := service.GetTrace(ctx, rest)
	if err != nil || len(second.Part.LotAttributions) == 0 || second.Part.Summary == nil {
		t.Errorf("%v, %v", second, err)
	}
}

// wantExhausted expects a refusal for what would take too much, which names a field.
func wantExhausted(t *testing.T, err error, reason, field string) {
	t.Helper()
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != errs.KindResourceExhausted || refusal.Reason != reason ||
		len(refusal.Violations) != 1 || refusal.Violations[0].Path != field {
		t.Errorf("%v, want %s of %s", err, reason, field)
	}
}
