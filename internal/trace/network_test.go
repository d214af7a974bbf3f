package trace_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testdata is the folder of networks that others made, which are not ours to
// keep here. Where it is not set the test is skipped; where it is, it has to be
// whole.
func testdata(t testing.TB, path ...string) string {
	t.Helper()
	folder := os.Getenv("LOTTRAIL_TESTDATA")
	if folder == "" {
		t.Skip("LOTTRAIL_TESTDATA is not set")
	}
	return filepath.Join(append([]string{folder}, path...)...)
}

// network is an outbreak as FoodChain-Lab has it: deliveries of lots from station
// to station, and which of them went into which.
type network struct {
	stations   map[string]string // id to name
	deliveries []delivery
	// relations lead from a delivery to one that it was used in. Some come twice.
	relations [][2]string
}

type delivery struct{ id, from, to, product, lot string }

// readNetwork reads both of the tool's formats: plain objects, and tables of
// cells that name their column.
func readNetwork(t testing.TB, path string) network {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type table struct {
		Data [][]struct {
			ID    string
			Value any
		}
	}
	var file struct {
		Stations, Deliveries, DeliveriesRelations []map[string]any
		Data                                      *struct {
			Stations, Deliveries, DeliveryRelations table
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	rows := func(t table) []map[string]any {
		var rows []map[string]any
		for _, cells := range t.Data {
			row := map[string]any{}
			for _, cell := range cells {
				row[cell.ID] = cell.Value
			}
			rows = append(rows, row)
		}
		return rows
	}
	if file.Data != nil {
		file.Stations, file.Deliveries = rows(file.Data.Stations), rows(file.Data.Deliveries)
		file.DeliveriesRelations = rows(file.Data.DeliveryRelations)
	}
	n := network{stations: map[string]string{}}
	for _, s := range file.Stations {
		n.stations[text(s, "id", "ID")] = text(s, "name", "Name")
	}
	for _, d := range file.Deliveries {
		n.deliveries = append(n.deliveries, delivery{
			id: text(d, "id", "ID"), from: text(d, "source", "from"), to: text(d, "target", "to"),
			product: text(d, "name", "Name"), lot: text(d, "lot", "Lot Number", "Lot ID"),
		})
	}
	for _, r := range file.DeliveriesRelations {
		n.relations = append(n.relations, [2]string{text(r, "source", "from"), text(r, "target", "to")})
	}
	if len(n.stations) == 0 || len(n.deliveries) == 0 || len(n.relations) == 0 {
		t.Fatalf("%s: %d stations, %d deliveries, %d relations", path, len(n.stations), len(n.deliveries), len(n.relations))
	}
	return n
}

// text is the first of the named fields that has something in it.
func text(row map[string]any, names ...string) string {
	for _, name := range names {
		if s, ok := row[name].(string); ok && s != "" {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// closure is what reaches what over any number of relations, found by closing
// the relation in itself until nothing is new: no walk, no levels.
func (n network) closure() map[string]map[string]bool {
	reaches := map[string]map[string]bool{}
	for _, d := range n.deliveries {
		reaches[d.id] = map[string]bool{}
	}
	for _, r := range n.relations {
		reaches[r[0]][r[1]] = true
	}
	for _, via := range n.deliveries {
		for _, from := range n.deliveries {
			if reaches[from.id][via.id] {
				maps.Copy(reaches[from.id], reaches[via.id])
			}
		}
	}
	return reaches
}

// reach is what is upstream and downstream of a delivery, sorted, and how many
// stations got it or something made of it.
type reach struct {
	upstream, downstream []string
	stations             int
}

func (n network) reach(id string) reach {
	var r reach
	closure, stations := n.closure(), map[string]bool{}
	for _, d := range n.deliveries {
		if closure[d.id][id] {
			r.upstream = append(r.upstream, d.id)
		}
		if closure[id][d.id] {
			r.downstream = append(r.downstream, d.id)
		}
		if d.id == id || closure[id][d.id] {
			stations[d.to] = true
		}
	}
	slices.Sort(r.upstream)
	slices.Sort(r.downstream)
	r.stations = len(stations)
	return r
}

// readReach reads what somebody else worked out, by delivery.
func readReach(t testing.TB, path string) map[string]reach {
	t.Helper()
	all := map[string]reach{}
	for _, row := range readCSV(t, path) {
		r := reach{upstream: strings.Fields(row["upstream"]), downstream: strings.Fields(row["downstream"])}
		slices.Sort(r.upstream)
		slices.Sort(r.downstream)
		if _, err := fmt.Sscan(row["n_downstream_stations"], &r.stations); err != nil {
			t.Fatal(err)
		}
		all[row["delivery"]] = r
	}
	return all
}

func readCSV(t testing.TB, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%s: %d lines, %v", path, len(lines), err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}
