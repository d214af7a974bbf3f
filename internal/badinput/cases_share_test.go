package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// share puts out of run R-S with a share, of which nothing was without one. R-1 has put out
// without.
func (w *world) share(t testing.TB) {
	t.Helper()
	w.must(t, "StartRun", &pb.StartRunRequest{ProductionOrderCode: "MO-1", RunCode: "R-S", StartedAt: then})
	w.must(t, "RecordOutputs", &pb.RecordOutputsRequest{ProductionOrderCode: "MO-1", RunCode: "R-S", ProducedAt: then, Lines: []*pb.OutputLine{
		{Sku: apitest.Bread, LotCode: "BR-S", LocationCode: apitest.Shelf, Quantity: amount("1", "H87"), Share: "2.5"},
	}})
}

// refuseShares: shares that are none, and those that do not say how all of a run is divided.
func refuseShares(t *testing.T, w *world) {
	t.Helper()
	house := *w
	two := proto.CloneOf(w.good["RecordOutputs"].(*pb.RecordOutputsRequest))
	two.Lines = append(two.Lines, proto.CloneOf(two.Lines[0]))
	two.Lines[1].LotCode, two.Lines[0].Share, two.Lines[1].Share, two.RunCode = "NEW-BR-2", "1", "2", "R-S"
	house.good = map[string]proto.Message{"RecordOutputs": two}
	const invalid, refused, at = codes.InvalidArgument, codes.FailedPrecondition, "lines[1].share"
	share := func(text string) []edit { return set(at, text) }
	plain := "must be a decimal number in plain notation"
	house.refuseAll(t, []bad{
		{"RecordOutputs", share("0"), invalid, "DECIMAL_POSITIVE", at, says(`"0"`, "must be above zero")},
		{"RecordOutputs", share("-1"), invalid, "DECIMAL_POSITIVE", at, says(`"-1"`, "must be above zero")},
		{"RecordOutputs", share("half"), invalid, "DECIMAL_FORMAT", at, says(`"half"`, plain)},
		{"RecordOutputs", share("50%"), invalid, "DECIMAL_FORMAT", at, says(`"50%"`, plain)},
		{"RecordOutputs", share("1/3"), invalid, "DECIMAL_FORMAT", at, says(`"1/3"`, plain)},
		{"RecordOutputs", share("1e3"), invalid, "DECIMAL_FORMAT", at, says(`"1e3"`, plain)},
		{"RecordOutputs", share("0.3333333333"), invalid, "DECIMAL_FORMAT", at, says("9 after the point")},
		{"RecordOutputs", share(""), invalid, "SHARE_MISSING", at, says("state one for each line, or for none")},
		{"RecordOutputs", set("lines[0].share", "", at, ""), refused, "SHARE_MISSING", "lines[0].share", says(`"BR-S"`, `"BREAD"`, "2.5", "state the share of each line beside that")},
		{"RecordOutputs", set("run_code", "R-1"), refused, "SHARE_NOT_ALLOWED", "lines[0].share", says(`"BR-9"`, "leave the shares out")},
	})
}
