package lots_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// What a move was for, and by which documents, stands in the log, and in that of its
// reversal.
func TestMovePurpose(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	req := moving("OIL/L-1 4 LTR " + bin1 + " > " + bin2)
	req.Purpose, req.References = pb.MovePurpose_MOVE_PURPOSE_PICK, []*pb.Reference{{Kind: "wave", Value: "W/7"}}
	if _, err := s.Lots.MoveLots(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if err := s.reverse(); err != nil {
		t.Fatal(err)
	}
	s.Sealed(t)
	log, err := s.Log.ListLog(t.Context(), &pb.ListLogRequest{
		Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_TRANSFER, pb.OperationKind_OPERATION_KIND_REVERSAL}, PageSize: 10,
	})
	if must(t, log, err); len(log.Entries) != 2 {
		t.Fatalf("log %v", log)
	}
	for _, e := range log.Entries {
		if e.Operation.MovePurpose != pb.MovePurpose_MOVE_PURPOSE_PICK || len(e.Operation.References) != 1 || e.Operation.References[0].Value != "W/7" {
			t.Errorf("entry %v", e)
		}
	}
	req = moving("OIL/L-1 4 LTR " + bin1 + " > " + bin2)
	req.Purpose = 99
	_, err = s.Lots.MoveLots(t.Context(), req)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "ENUM_DEFINED_ONLY", "purpose")
}
