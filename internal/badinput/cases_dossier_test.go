package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func addDossiers(add func(string, proto.Message)) {
	known := func() *pb.KnownAt { return &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: then}} }
	add("GetDossier", &pb.GetDossierRequest{Sku: apitest.Flour, LotCode: "FL-1", KnownAt: known(), AsOf: then})
	add("RenderDossier", &pb.RenderDossierRequest{Sku: apitest.Flour, LotCode: "FL-1", KnownAt: known(), AsOf: then})
}

// refuseDossiers: dossiers of lots that are not there.
func refuseDossiers(t *testing.T, w *world) {
	t.Helper()
	w.refuseAll(t, []bad{
		{"GetDossier", set("sku", none), codes.NotFound, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "check the")},
		{"GetDossier", set("lot_code", none), codes.NotFound, "UNKNOWN_LOT", "", says(`"NO/SUCH"`, `"FLOUR"`)},
		{"RenderDossier", set("sku", none), codes.NotFound, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "check the")},
		{"RenderDossier", set("lot_code", none), codes.NotFound, "UNKNOWN_LOT", "", says(`"NO/SUCH"`, `"FLOUR"`)},
	})
}
