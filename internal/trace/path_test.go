package trace_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// Is this lot in that one, and how?
func TestFindPath(t *testing.T) {
	t.Parallel()
	api := hasty(t)
	end := int(api.Sealed(t))
	lots := map[string]string{"F": apitest.Flour, "D": "DOUGH", "B": apitest.Bread}
	key := func(code string) *pb.TraceWayEnd { return &pb.TraceWayEnd{Sku: lots[code], LotCode: code} }
	for _, c := range []struct {
		from, to string
		way      []string
		inTime   bool
		said     string
	}{
		{"F", "D", []string{"F", "A", "D"}, true, `Yes: $F can have come into $D over 1 run; `},
		{"D", "B", []string{"D", "B", "B"}, true, `Yes: $D can have come into $B over 1 run; `},
		{"F", "B", []string{"F", "A", "D", "B", "B"}, false, `Not in time: the records connect $F to $B over 2 runs, and on no way can it have come there in time; `},
		{"D", "F", nil, false, `No: the records connect $D in no way to $F; `},
		{"F", "F", []string{"F"}, true, `Yes: $F is that lot itself; `},
	} {
		c.said = os.Expand(c.said, func(code string) string { return fmt.Sprintf("lot %q of item %q", code, lots[code]) })
		path, err := api.Trace.FindPath(t.Context(), &pb.FindPathRequest{From: key(c.from), To: key(c.to)})
		if err != nil {
			t.Fatal(err)
		}
		var way []string
		for i, l := range path.GetWay().GetLots() {
			if i > 0 {
				way = append(way, path.Way.Runs[i-1].RunCode)
			}
			way = append(way, l.Lot.LotCode)
		}
		if !slices.Equal(way, c.way) || path.Found != (c.way != nil) || path.InTime != c.inTime || path.InTimeWay != nil || !strings.HasPrefix(path.Statement, c.said) {
			t.Errorf("from %s to %s: %v, want %q, in time %t, %q", c.from, c.to, path, c.way, c.inTime, c.said)
		}
		if path.LogPosition.LogIndex != int64(end) || path.ReadAt == nil {
			t.Errorf("read at %v, %v", path.ReadAt, path.LogPosition)
		}
		status, answer := api.Do(t, "GET", fmt.Sprintf("/v1/trace/path?from.sku=%s&from.lot_code=%s&to.sku=%s&to.lot_code=%s", lots[c.from], c.from, lots[c.to], c.to), nil)
		if found, _ := answer["found"].(bool); status != 200 || found != path.Found {
			t.Errorf("from %s to %s: HTTP %d, %v", c.from, c.to, status, answer)
		}
	}
	// As known before the second run put anything out, there was no such way.
	for index, found := range map[int]bool{end: true, end - 3: false} {
		known := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: int64(index)}}
		path, err := api.Trace.FindPath(t.Context(), &pb.FindPathRequest{From: key("F"), To: key("D"), KnownAt: known})
		if err != nil || !path.Found || !strings.Contains(path.Statement, fmt.Sprintf("; as known at log index %d, ", index)) {
			t.Errorf("%v, %v", path, err)
		}
		path, err = api.Trace.FindPath(t.Context(), &pb.FindPathRequest{From: key("D"), To: key("B"), KnownAt: known})
		if found != (err == nil && path.Found) {
			t.Errorf("at %d: %v, %v", index, path, err)
		}
	}
	_, err := api.Trace.FindPath(t.Context(), &pb.FindPathRequest{From: key("F"), To: &pb.TraceWayEnd{Sku: apitest.Bread, LotCode: "X"}})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "to.lot_code")
	_, err = api.Trace.FindPath(t.Context(), &pb.FindPathRequest{From: &pb.TraceWayEnd{Sku: apitest.Flour, LotCode: "Y"}, To: &pb.TraceWayEnd{Sku: apitest.Bread, LotCode: "X"}})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "from.lot_code")
	if got := apitest.Fields(err); !slices.Equal(got, []string{"from.lot_code", "to.lot_code"}) {
		t.Errorf("named %q", got)
	}
}

// What do these complaints have in common?
func TestRankCommonOrigins(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	req := &pb.RankCommonOriginsRequest{Complaints: []*pb.TraceSeed{shipmentSeed("S-1"), shipmentSeed("S-3"), lotSeed("dough", "2"), lotSeed("butter", "1")}}
	resp, err := api.Trace.RankCommonOrigins(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range resp.Origins {
		name := "receipt " + o.GetReceipt().GetReceiptCode()
		switch {
		case o.GetLot() != nil:
			name = o.GetLot().Lot.Sku + "/" + o.GetLot().Lot.LotCode
		case o.GetRun() != nil:
			name = o.GetRun().ProductionOrderCode + "#" + o.GetRun().RunCode
		}
		got = append(got, fmt.Sprintf("%s %v %d %d", name, o.Complaints, o.InTimeCount, o.TotalDepth))
	}
	if len(got) == 0 || got[0] != "receipt R-mill [0 1 2] 3 4" || got[1] != "flour/1 [0 1 2] 3 5" || int(resp.OriginCount) != len(got) || resp.LogPosition == nil {
		t.Errorf("%d origins: %q", resp.OriginCount, got)
	}
	// In pages it is the same.
	paged := proto.CloneOf(req)
	paged.PageSize = 2
	var all []*pb.CommonOrigin
	for {
		page, err := api.Trace.RankCommonOrigins(t.Context(), paged)
		if err != nil || len(page.Origins) > 2 || page.OriginCount != resp.OriginCount {
			t.Fatalf("%v, %v", page, err)
		}
		all = append(all, page.Origins...)
		if paged.PageToken = page.NextPageToken; page.NextPageToken == "" {
			break
		}
	}
	if !proto.Equal(&pb.RankCommonOriginsResponse{Origins: all}, &pb.RankCommonOriginsResponse{Origins: resp.Origins}) {
		t.Errorf("in pages %v", all)
	}
	body, err := protojson.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := api.Do(t, "POST", "/v1/trace/common-origins", body); status != 200 || len(answer["origins"].([]any)) != len(got) {
		t.Errorf("HTTP %d, %v", status, answer)
	}
	req.Complaints = append(req.Complaints, shipmentSeed("S-9"), lotSeed("flour", "9"))
	_, err = api.Trace.RankCommonOrigins(t.Context(), req)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_SHIPMENT", "complaints[4].shipment_code")
	if got := apitest.Fields(err); !slices.Equal(got, []string{"complaints[4].shipment_code", "complaints[5].lot.lot_code"}) {
		t.Errorf("named %q", got)
	}
}
