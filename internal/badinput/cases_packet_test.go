package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// packetCase is a case on FL-2 that is not activated, so that it holds nothing.
const packetCase = "CASE-OPEN"

func (w *world) openPacketCase(t testing.TB) {
	t.Helper()
	w.must(t, "OpenRecall", &pb.OpenRecallRequest{
		CaseNumber: packetCase, Class: pb.RecallClass_RECALL_CLASS_3, Reason: "mouldy", Lots: []*pb.LotKey{{Sku: apitest.Flour, LotCode: "FL-2"}},
	})
}

func addPackets(add func(string, proto.Message)) {
	add("GetRecallPacket", &pb.GetRecallPacketRequest{CaseNumber: packetCase})
	add("RenderRecallPacket", &pb.RenderRecallPacketRequest{CaseNumber: packetCase})
}

// refusePackets: packets of cases that are not there.
func refusePackets(t *testing.T, w *world) {
	t.Helper()
	const missing = codes.NotFound
	help := says(`"NO/SUCH"`, "OpenRecall")
	w.refuseAll(t, []bad{
		{"GetRecallPacket", set("case_number", none), missing, "UNKNOWN_RECALL", "", help},
		{"RenderRecallPacket", set("case_number", none), missing, "UNKNOWN_RECALL", "", help},
	})
}
