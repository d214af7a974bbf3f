package telemetry_test

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	dto "github.com/prometheus/client_model/go"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/expiry"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
)

// everything does something that each metric tells of.
func everything(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	api := apitest.Start(t)
	api.Minimal(t)
	conflict(t, api)
	giveUp(t, api, &pgconn.PgError{Code: "40001"})
	once := shipment("S", "OLD", "1")
	for range 2 {
		if _, err := api.Dispatch.Ship(t.Context(), once); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := api.Dispatch.Ship(t.Context(), shipment("S-2", "OLD", "1000")); err == nil {
		t.Error("more was shipped than there is")
	}
	load(t, api)
	if _, err := walk(t, api, "1", nil); err != nil {
		t.Fatal(err)
	}
	api.DoRaw(t, "GET", "/v1/items/FLOUR", nil)
	if _, err := api.DB.Exec(t.Context(), "SELECT 1/0"); err == nil {
		t.Error("there was a result")
	}
	db, _, _ := unsealed(t)
	before := telemetrytest.Own(t)
	stop := seal(db)
	defer stop()
	eventually(t, "the sealer to seal", func() bool { return telemetrytest.Own(t).Moved(before)["lottrail_log_delay_seconds_count"] > 0 })
	expire(t, api)
	return telemetrytest.Families(t, api.REST)
}

// expire runs the job that holds lots past their date, until it has held one and told
// of another. It goes on running until the test ends: what it tells of its lag goes with
// it.
func expire(t *testing.T, api *apitest.API) {
	t.Helper()
	api.PushItem(t, &pb.Item{Sku: "MILK", Name: "Milk", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, WarningDays: 9})
	for days, code := range map[int]string{-3: "PAST", 3: "NEAR"} {
		api.ReceiveLot(t, "MILK", code, "1", "LTR", apitest.Shelf)
		if _, err := api.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{
			RequestId: apitest.ID(), Sku: "MILK", LotCode: code, ExpiryDate: time.Now().AddDate(0, 0, days).Format(time.DateOnly), Reason: "label",
		}); err != nil {
			t.Fatal(err)
		}
	}
	before := telemetrytest.Own(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		expiry.NewJob(api.DB, time.Now).Run(ctx, slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	eventually(t, "the job to hold one lot and tell of another", func() bool {
		moved := telemetrytest.Own(t).Moved(before)
		return moved["lottrail_expiry_held_total"] == 1 && moved["lottrail_expiry_alerts_total"] == 1
	})
}

var (
	metricRow = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([^|]+) \\|([^|]*)\\| [^|]+ \\|$")
	code      = regexp.MustCompile("`([^`]+)`")
	ofOurs    = regexp.MustCompile(`\b(?:lottrail|rpc_server|http_server|db_client)_[a-z_]+`)
)

// docs/operations.md has a row for each metric, with the labels that it has, and
// no row for what there is not.
func TestMetricsAreDocumented(t *testing.T) {
	families := everything(t)
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{} // labels by metric
	for _, row := range metricRow.FindAllStringSubmatch(string(text), -1) {
		labels := []string{}
		for _, label := range code.FindAllStringSubmatch(row[3], -1) {
			labels = append(labels, label[1])
		}
		rows[row[1]] = labels
		if inSeconds := strings.Contains(row[1], "_seconds"); inSeconds != (row[2] == "s") {
			t.Errorf("%s is said to be in %s", row[1], row[2])
		}
	}
	for name, family := range families {
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") || name == "target_info" {
			continue
		}
		labels := map[string]bool{}
		for _, m := range family.Metric {
			for _, l := range m.Label {
				labels[l.GetName()] = true
			}
		}
		said, ok := rows[name]
		if !ok {
			t.Errorf("%s is not in docs/operations.md", name)
		} else if has := slices.Sorted(maps.Keys(labels)); !slices.Equal(said, has) {
			t.Errorf("%s has the labels %q, in docs/operations.md %q", name, has, said)
		}
	}
	for name := range rows {
		if families[name] == nil {
			t.Errorf("docs/operations.md tells of %s, which there is not", name)
		}
	}
	mentioned(t, families)
}

// mentioned looks for metrics in all that operators are given.
func mentioned(t *testing.T, families map[string]*dto.MetricFamily) {
	t.Helper()
	files := []string{"../../docs/operations.md"}
	for _, pattern := range []string{"../../deploy/prometheus/*.yaml", "../../deploy/grafana/*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %q, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range ofOurs.FindAllString(string(text), -1) {
			family := name
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				family = strings.TrimSuffix(family, suffix)
			}
			if families[family] == nil && families[name] == nil {
				t.Errorf("%s mentions %s, which there is not", file, name)
			}
		}
	}
}
