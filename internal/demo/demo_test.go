package demo_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/demo"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// day starts the service, loads the day, and returns what was told.
func day(t *testing.T) (*apitest.API, *bytes.Buffer) {
	t.Helper()
	api := apitest.Start(t)
	told := &bytes.Buffer{}
	if err := demo.Load(t.Context(), api.Conn, told); err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	return api, told
}

// trace is a whole trace, by lot code.
type trace struct {
	lots      map[string]*pb.TraceLot
	runs      map[string]*pb.TraceRun
	edges     map[string]string // "LV-0325 > MO-4103/1": quantity; "<" for an output
	shipments map[string]string // "SP-9001 CD-0325-A MARKET": quantity
	receipts  map[string]string // "RC-7001 FL-2026-0325 MILL": quantity
	summary   *pb.TraceSummary
}

func collect[R interface{ GetPart() *pb.TracePart }](t *testing.T, stream interface{ Recv() (R, error) }) trace {
	t.Helper()
	got := trace{map[string]*pb.TraceLot{}, map[string]*pb.TraceRun{}, map[string]string{}, map[string]string{}, map[string]string{}, nil}
	names := map[int32]string{}
	once := func(m map[string]string, key string, q *pb.Quantity) {
		if m[key] != "" {
			t.Errorf("%s was sent twice", key)
		}
		m[key] = q.GetValue() + " " + q.GetUnit()
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		part := response.GetPart()
		for _, l := range part.GetLots() {
			names[l.GetRef()] = l.GetLot().GetLotCode()
			got.lots[l.GetLot().GetLotCode()] = l
		}
		for _, r := range part.GetRuns() {
			names[r.GetRef()] = r.GetProductionOrderCode() + "/" + r.GetRunCode()
			got.runs[names[r.GetRef()]] = r
		}
		for _, e := range part.GetEdges() {
			sign := map[pb.TraceEdgeKind]string{pb.TraceEdgeKind_TRACE_EDGE_KIND_CONSUMPTION: " > ", pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT: " < "}[e.GetKind()]
			once(got.edges, names[e.GetLotRef()]+sign+names[e.GetRunRef()], e.GetQuantity())
		}
		for _, s := range part.GetShipments() {
			once(got.shipments, s.GetShipmentCode()+" "+names[s.GetLotRef()]+" "+s.GetCustomerCode(), s.GetQuantity())
		}
		for _, r := range part.GetReceipts() {
			once(got.receipts, r.GetReceiptCode()+" "+names[r.GetLotRef()]+" "+r.GetSupplierCode(), r.GetQuantity())
		}
		got.summary = part.GetSummary()
	}
}

func TestForwardFromTheFlour(t *testing.T) {
	t.Parallel()
	api, _ := day(t)
	stream, err := api.Trace.TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: demo.FlourSKU, LotCode: demo.FlourLot})
	if err != nil {
		t.Fatal(err)
	}
	got := collect(t, stream)
	if !got.summary.GetComplete() {
		t.Errorf("not complete: %v", got.summary)
	}
	if depth := got.lots[demo.DanishLot].GetDepth(); depth != 4 {
		t.Errorf("the danishes are %d levels down, want 4", depth)
	}
	wantEdges := map[string]string{
		"FL-2026-0325 > MO-4101/1": "48 KGM", "LV-0325 < MO-4101/1": "108 KGM",
		"LV-0325 > MO-4101/1": "10 KGM", // taken back by the run that made it
		"LV-0325 > MO-4103/1": "94 KGM", "DD-0325-A < MO-4103/1": "420 KGM", "DD-0325-B < MO-4103/1": "62 KGM",
		"DD-0325-A > MO-4104/1": "420 KGM", "SH-0325-A < MO-4104/1": "505 KGM", "TR-0325 < MO-4104/1": "25 KGM",
		"TR-0325 > MO-4103/1":   "25 KGM", // rework
		"DD-0325-B > MO-4104/2": "62 KGM", "SH-0325-B < MO-4104/2": "76 KGM",
		"SH-0325-A > MO-4105/1": "505 KGM", "CD-0325-A < MO-4105/1": "5760 H87", "BR-0325 < MO-4105/1": "14 KGM",
		"SH-0325-B > MO-4105/2": "76 KGM", "CD-0325-B < MO-4105/2": "840 H87",
	}
	equal(t, "edges", got.edges, wantEdges)
	equal(t, "shipments", got.shipments, map[string]string{
		"SP-9001 CD-0325-A MARKET": "3600 H87", "SP-9002 CD-0325-A HOTEL": "120 H87", "SP-9002 CD-0325-B HOTEL": "120 H87",
		"SP-9003 CD-0325-B CAFE": "120 H87", "SP-9004 BR-0325 FARM": "12 KGM",
	})
	flour := got.lots[demo.FlourLot]
	if flour.GetOnHand().GetValue() != "450" || len(flour.GetStocks()) != 2 || flour.GetActiveHoldCount() != 1 {
		t.Errorf("flour on hand %v with %d holds, want 450 at two places and one hold", flour.GetStocks(), flour.GetActiveHoldCount())
	}
	if got.runs["MO-4105/2"].GetFinishedAt() != nil || got.summary.GetOpenRunCount() != 1 {
		t.Errorf("%d runs in process, want MO-4105/2 alone", got.summary.GetOpenRunCount())
	}
}

func TestBackwardFromTheDanishes(t *testing.T) {
	t.Parallel()
	api, _ := day(t)
	stream, err := api.Trace.TraceBackward(t.Context(), &pb.TraceBackwardRequest{Sku: demo.DanishSKU, LotCode: demo.DanishLot})
	if err != nil {
		t.Fatal(err)
	}
	got := collect(t, stream)
	if !got.summary.GetComplete() {
		t.Errorf("not complete: %v", got.summary)
	}
	equal(t, "receipts", got.receipts, map[string]string{
		"RC-7001 FL-2026-0325 MILL": "498 KGM", "RC-6950 FL-2026-0311 MILL": "400 KGM", "RC-7002 BU-0325 DAIRY": "150 KGM",
		"RC-7002 FC-0325 DAIRY": "110 KGM", "RC-6951 receipt RC-6951 line 1 WHOLESALE": "25 KGM",
	})
	if lots := len(got.lots); lots != 12 {
		t.Errorf("%d lots %q, want 12", lots, slices.Sorted(maps.Keys(got.lots)))
	}
	for code, lot := range got.lots {
		if lot.GetInferred() != strings.HasPrefix(code, "receipt ") {
			t.Errorf("lot %q: inferred is %v", code, lot.GetInferred())
		}
	}
	if got.edges["DD-0325-A < MO-4103/1"] == "" || got.edges["LV-0325 > MO-4101/1"] == "" {
		t.Errorf("the edges that close the loops are missing: %q", got.edges)
	}
}

func TestVarianceOfTheFlourOrder(t *testing.T) {
	t.Parallel()
	api, _ := day(t)
	order, err := api.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: demo.FlourOrder})
	if err != nil {
		t.Fatal(err)
	}
	variance := order.GetLineStatuses()[0].GetVariance()
	if variance.GetKind() != pb.VarianceKind_VARIANCE_KIND_SHORT || variance.GetDifference().GetValue() != "-2" {
		t.Errorf("variance %v, want 2 kg short", variance)
	}
}

// What is told is for people; these are the points of the story.
func TestWhatIsTold(t *testing.T) {
	t.Parallel()
	api, told := day(t)
	if err := demo.Ask(t.Context(), api.Conn, told); err != nil {
		t.Fatal(err)
	}
	demo.TellCommands(told, api.GRPC, api.REST)
	text := told.String()
	for _, want := range []string{
		"2 kg short: the variance is on record",
		"under the same request id: the same answer",
		"448 kg at A-01, 50 kg at MIX-1",
		"shipment SP-9001 is refused, LOT_HELD",
		"FL-2026-0325 wheat flour · 448 kg at A-01 · 2 kg at MIX-1 · HELD\n└─ 48 kg → run MO-4101/1 [52.898 kg of it, 48–52.898 possible]\n",
		// Of 48 kg, 4 of 98 kg stay in the levain; 25 of 530 kg of what 420 of 482 kg of the
		// dough become go back into it; what weighs 0.1 kg a piece stands against 14 kg of broken ones.
		"3,600 pcs ⇒ Harbour Market (SP-9001, SO-9001) [24.324 kg of it, 0–48 possible]",
		"Of 498 kg that came in: 470.061 kg on hand, 0.321 kg in process, 27.619 kg shipped.",
		"What 840 pcs of it came from: 840 pcs received.",
		"10 kg → run MO-4101/1 (↺ see above)",
		"25 kg → run MO-4103/1 (↺ see above)",
		"⇒ Corner Café (SP-9003, SO-9003)",
		"Complete: 10 lots, 6 runs (1 in process), 5 shipment lines to 4 customers; read at ",
		"Complete: 12 lots (1 inferred), 6 runs (1 in process), 5 receipt lines from 3 suppliers; read at ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told", want)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Error("escape codes where there is no terminal")
	}
	if t.Failed() {
		t.Log(text)
	}
}

// The lines to go on with are run as they are printed.
func TestCommandsWork(t *testing.T) {
	t.Parallel()
	api, _ := recalled(t)
	curl, grpcurl := demo.Commands(api.GRPC, api.REST)
	for tool, lines := range map[string][]string{"curl": curl, "grpcurl": grpcurl} {
		t.Run(tool, func(t *testing.T) {
			if _, err := exec.LookPath(tool); err != nil {
				t.Skip("there is no " + tool + " here")
			}
			for _, line := range lines {
				cmd := exec.Command("sh", "-c", strings.Replace(line, "curl ", "curl --fail-with-body -sS ", 1))
				if tool == "grpcurl" {
					cmd = exec.Command("sh", "-c", line)
				}
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				if err != nil || len(out) == 0 {
					t.Errorf("%s: %v: %s", line, err, out)
				}
			}
		})
	}
}

func equal(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}
