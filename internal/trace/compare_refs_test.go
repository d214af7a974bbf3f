package trace_test

import (
	"slices"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// What is numbered otherwise in the second trace, because something before it is gone, is the
// same all the same.
func TestCompareIsNotOfNumbers(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, "mill -> a/1 10\n open r#1: a/1 1 -> b/1 1\n r#2: a/1 1 -> c/1 1\n c/1 1 => shop"))
	before := api.Sealed(t)
	log, err := api.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_CONSUMPTION}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range log.Entries {
		if e.Operation.RunCode == "1" {
			_, err = api.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{RequestId: apitest.ID(), Reason: "test", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: e.LogIndex}})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := compareTraces(t, api, &pb.CompareTracesRequest{Sku: "a", LotCode: "1", Direction: directions[0], First: &pb.TraceMoment{KnownAt: index(int(before))}})
	want := []string{"- a/1 r#1 1>", "- b/1 1>", "- b/1 r#1 1>", "- run 1>", "~ a/1 8>9"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}
