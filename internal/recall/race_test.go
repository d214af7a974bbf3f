package recall_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// While everybody is at work around a lot, its recall is activated. From the moment
// at which that was recorded nothing that is affected is consumed or shipped, what
// affected runs put out later is born held, and all that had gone is listed. What is
// affected is what a plain walk over all movements finds when everything is over.
func TestActivationAtFullLoad(t *testing.T) {
	h := newHouse(t, "")
	rounds := 15
	if testing.Short() {
		rounds = 5
	}
	ended := map[string]int{}
	for round := range rounds {
		l := newLoad(h, fmt.Sprintf("N%d", round))
		ctx, stop := context.WithCancel(t.Context())
		wait := l.run(ctx, t, 16)
		// One case about one hot lot, or two about both, at once.
		cases := []string{l.name + "-C0"}
		h.open(cases[0], "FLOUR/"+l.seed(0))
		if round%3 == 2 {
			cases = append(cases, l.name+"-C1")
			h.open(cases[1], "FLOUR/"+l.seed(0)+" FLOUR/"+l.seed(1))
		}
		l.more(150)
		answers := activateAll(t, h, cases)
		l.more(50)
		stop()
		wait()
		for _, number := range cases {
			judge(t, h, number, answers[number])
		}
		for how, n := range l.ended {
			ended[how] += n
		}
		if t.Failed() {
			break
		}
	}
	lost := 0
	for _, how := range slices.Sorted(maps.Keys(ended)) {
		t.Logf("%6d %s", ended[how], how)
		if what, reason, _ := strings.Cut(how, " "); reason == "CONTENTION" {
			lost += ended[how]
		} else if !slices.Contains([]string{"ok", "LOT_HELD", "INSUFFICIENT_STOCK", "RUN_FINISHED", "UNKNOWN_RUN"}, reason) {
			t.Errorf("%s ended with %s", what, reason)
		}
	}
	if lost > rounds {
		t.Errorf("%d calls were given up in %d rounds", lost, rounds)
	}
	if ended["ship ok"] == 0 || ended["consume ok"] == 0 || ended["ship LOT_HELD"] == 0 || ended["output ok"] == 0 {
		t.Error("the load did not do what it is for")
	}
	dbtest.Reconcile(t, h.DB)
}

// activateAll activates cases at once.
func activateAll(t *testing.T, h *house, cases []string) map[string]*pb.ActivateRecallResponse {
	answers := map[string]*pb.ActivateRecallResponse{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, number := range cases {
		client := pb.NewRecallServiceClient(h.Dial(t))
		wg.Go(func() {
			resp, err := client.ActivateRecall(t.Context(), &pb.ActivateRecallRequest{RequestId: apitest.ID(), CaseNumber: number})
			if err != nil {
				t.Errorf("%s: %v", number, err)
			}
			mu.Lock()
			defer mu.Unlock()
			answers[number] = resp
		})
	}
	wg.Wait()
	return answers
}

// past is all that happened, as the tables have it.
type past struct {
	activated time.Time
	seeds     []string
	held      map[string]string // lot to how it was held: "born" or "activation"
	marked    []string
	moves     []movement
}

type movement struct {
	Kind, Lot, Run string
	Quantity       float64
	RecordedAt     time.Time
	Created        time.Time // of the lot
}

// readPast reads the movements of all lots, and what a case did.
func readPast(ctx context.Context, db *pg.Snapshot, number string) (p past, err error) {
	const lots = "SELECT lot_code FROM lot JOIN "
	ask := func(into *[]string, sql string) {
		rows, queryErr := db.Query(ctx, sql, number)
		if queryErr == nil {
			*into, queryErr = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		err = errors.Join(err, queryErr)
	}
	ask(&p.seeds, lots+"recall_seed USING (tenant_id, lot_id) JOIN recall USING (tenant_id, recall_id) WHERE case_number = $1")
	ask(&p.marked, "SELECT code FROM run JOIN recall_run USING (tenant_id, run_id) JOIN recall USING (tenant_id, recall_id) WHERE case_number = $1 ORDER BY code")
	var held []string
	ask(&held, `SELECT lot_code || ' ' || CASE WHEN placed_operation_id = created_operation_id THEN 'born' ELSE operation.kind END
		FROM lot JOIN hold USING (tenant_id, lot_id) JOIN recall USING (tenant_id, recall_id) JOIN operation ON operation_id = placed_operation_id
		WHERE case_number = $1`)
	p.held = map[string]string{}
	for _, text := range held {
		lot, how, _ := strings.Cut(text, " ")
		p.held[lot] = how
	}
	rows, queryErr := db.Query(ctx, `
		SELECT movement.kind, lot_code, coalesce(run.code, ''), quantity::float8, operation.recorded_at, created.recorded_at
		FROM movement JOIN lot USING (tenant_id, lot_id) JOIN operation USING (tenant_id, operation_id)
		JOIN operation AS created ON created.operation_id = created_operation_id
		LEFT JOIN run ON run.run_id = movement.run_id`)
	if queryErr == nil {
		p.moves, queryErr = pgx.CollectRows(rows, pgx.RowToStructByPos[movement])
	}
	at := db.QueryRow(ctx, "SELECT recorded_at FROM operation JOIN recall USING (tenant_id, recall_id) WHERE case_number = $1 AND kind = 'recall_activation'", number)
	return p, errors.Join(err, queryErr, at.Scan(&p.activated))
}

// walk is what lies forward of the seeds.
func (p *past) walk() (lots, runs map[string]bool) {
	lots, runs = map[string]bool{}, map[string]bool{}
	for _, seed := range p.seeds {
		lots[seed] = true
	}
	for grew := true; grew; {
		before := len(lots) + len(runs)
		for _, m := range p.moves {
			if m.Kind == "consumption" && lots[m.Lot] {
				runs[m.Run] = true
			}
			if m.Kind == "output" && runs[m.Run] {
				lots[m.Lot] = true
			}
		}
		grew = len(lots)+len(runs) > before
	}
	return lots, runs
}

// judge holds what an activation did against all that happened.
func judge(t *testing.T, h *house, number string, answer *pb.ActivateRecallResponse) {
	t.Helper()
	if answer == nil {
		return
	}
	var p past
	// In one snapshot: what a client asked for last may be carried out just now.
	err := h.DB.Read(t.Context(), func(tx *pg.Snapshot) (err error) {
		p, err = readPast(t.Context(), tx, number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	lots, runs := p.walk()
	for lot := range lots {
		if p.held[lot] == "" {
			t.Errorf("%s: lot %s is affected and was not held", number, lot)
		}
	}
	for lot := range p.held {
		if !lots[lot] {
			t.Errorf("%s: lot %s is held and not affected", number, lot)
		}
	}
	if want := slices.Sorted(maps.Keys(runs)); !slices.Equal(p.marked, want) {
		t.Errorf("%s: runs %v are marked, %v are affected", number, p.marked, want)
	}
	gone := map[string]float64{}
	for _, m := range p.moves {
		if !lots[m.Lot] {
			continue
		}
		if m.RecordedAt.After(p.activated) && (m.Kind == "consumption" || m.Kind == "shipment") {
			t.Errorf("%s: %s of lot %s %v after the activation", number, m.Kind, m.Lot, m.RecordedAt.Sub(p.activated))
		}
		if m.Created.After(p.activated) && p.held[m.Lot] != "born" {
			t.Errorf("%s: lot %s was put out after the activation, and held by %q", number, m.Lot, p.held[m.Lot])
		}
		if m.Kind == "shipment" {
			gone[m.Lot] += m.Quantity
		}
	}
	listed := map[string]float64{}
	var all []*pb.RecallShipment
	pages(func(token string) ([]string, string) {
		resp, err := h.Recall.ListRecallShipments(t.Context(), &pb.ListRecallShipmentsRequest{CaseNumber: number, PageSize: 50, PageToken: token})
		h.must(resp, err)
		all = append(all, resp.Shipments...)
		return nil, resp.NextPageToken
	})
	for _, s := range all {
		var quantity float64
		if _, err := fmt.Sscan(s.Quantity.Value, &quantity); err != nil {
			t.Fatal(err)
		}
		listed[s.Lot.LotCode] += quantity
	}
	if !maps.Equal(gone, listed) {
		t.Errorf("%s: gone %v, listed %v", number, gone, listed)
	}
	if got, want := shipments(answer.Shipments), shipments(all); !slices.Equal(got, want[:min(len(want), 1000)]) {
		t.Errorf("%s: answered with %q, listed %q", number, got, want)
	}
	if s := answer.Scope; int(s.ShipmentCount) != len(all) || int(s.RunCount) != len(runs) {
		t.Errorf("%s: scope %v, want %d shipments and %d runs", number, s, len(all), len(runs))
	}
	t.Logf("%s: %d lots, %d runs, %d shipments", number, len(lots), len(runs), len(all))
}
