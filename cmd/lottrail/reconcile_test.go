package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func TestReconcile(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L 1", "2", "BAG", apitest.Dock)
	api.ReceiveLot(t, apitest.Bread, "B-1", "10", "H87", apitest.Shelf)
	env := []string{"LOTTRAIL_SERVER=" + api.GRPC}
	code, out, log := runToEnd(t, env, "reconcile")
	if code != 0 || log != "" || !strings.HasPrefix(out, "Complete: no difference in 2 lots with 2 balances and 2 movements, read at log index ") {
		t.Errorf("exit code %d, %q, %q", code, out, log)
	}
	conn, err := pgx.Connect(t.Context(), api.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "UPDATE balance SET on_hand = 12.5 WHERE on_hand = 10; UPDATE lot SET hold_count = 1 WHERE lot_code = 'L 1'"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args string
		code int
		want []string // the fields of the lines before the statement
		log  string
	}{
		"everything": {"", 1, []string{
			"CHECK ITEM LOT LOCATION RECORDED COMPUTED UNIT", "hold count FLOUR “L 1” - 1 0 -",
			"balance BREAD B-1 SHELF-1 12.5 10 H87", "mass balance BREAD B-1 - 10 12.5 H87",
		}, "lottrail: 3 differences found\n"},
		"an item":       {"--sku BREAD", 1, []string{"CHECK ITEM LOT LOCATION RECORDED COMPUTED UNIT", "balance BREAD B-1 SHELF-1 12.5 10 H87", "mass balance BREAD B-1 - 10 12.5 H87"}, "lottrail: 2 differences found\n"},
		"a location":    {"--location DOCK-1", 1, []string{"CHECK ITEM LOT LOCATION RECORDED COMPUTED UNIT", "hold count FLOUR “L 1” - 1 0 -"}, "lottrail: 1 difference found\n"},
		"another":       {"--location LINE-1", 0, nil, ""},
		"one is enough": {"--max 1", 1, []string{"CHECK ITEM LOT LOCATION RECORDED COMPUTED UNIT", "hold count FLOUR “L 1” - 1 0 -"}, "lottrail: 1 difference found\n"},
	} {
		code, out, log := runToEnd(t, env, append([]string{"reconcile"}, strings.Fields(c.args)...)...)
		var lines []string
		for line := range strings.Lines(out) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		statement := lines[len(lines)-1]
		if code != c.code || log != c.log || strings.Join(lines[:len(lines)-1], "\n") != strings.Join(c.want, "\n") || !strings.Contains(statement, "omplete: ") {
			t.Errorf("%s: exit code %d, %q\n%s", name, code, log, out)
		}
	}
	for args, c := range map[string]struct {
		code int
		log  string
	}{
		"--lot B-1":                     {exitUsage, "say with --sku whose lot B-1 is"},
		"--sku BREAD --location DOCK-1": {exitUsage, "not both"},
		"--sku NONE":                    {exitFailed, `"NONE"`},
		"BREAD":                         {exitUsage, "unknown command"},
		"--server 127.0.0.1:1":          {exitFailed, "nobody answers at 127.0.0.1:1"},
	} {
		if code, out, log := runToEnd(t, env, append([]string{"reconcile"}, strings.Fields(args)...)...); code != c.code || out != "" || !strings.Contains(log, c.log) {
			t.Errorf("%s: exit code %d, %q, %q", args, code, out, log)
		}
	}
}

// On a terminal how far it is stands in one line, which goes; elsewhere it is told now
// and then.
func TestReconcileProgress(t *testing.T) {
	t.Parallel()
	at := &pb.ReconcileProgress{LotsDone: 500, LotsTotal: 1201}
	const text = "… 500 of 1,201 lots, 2 differences so far"
	var w bytes.Buffer
	p := newReconcileProgress(&w, true)
	p.show(at, 2)
	p.show(at, 3) // too soon
	p.end()
	if got := w.String(); got != clearLine+text+clearLine {
		t.Errorf("on a terminal: %q", got)
	}
	w.Reset()
	p = newReconcileProgress(&w, false)
	p.show(at, 2) // too soon
	p.last = p.last.Add(-time.Minute)
	p.show(at, 2)
	p.end()
	if got := w.String(); got != text+"\n" {
		t.Errorf("elsewhere: %q", got)
	}
}
