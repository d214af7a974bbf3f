package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/qty"
)

var (
	traceForward    = statements("trace_forward.sql")["TraceForward"]
	traceForwardIDs = statements("trace_forward_ids.sql")["TraceForwardIDs"]
)

// byIndex keeps the planner from scanning whole tables, as the service does: it
// cannot know how few lots are reached, and is then some times slower.
const byIndex = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"

// connectWalker connects for the bare traces.
func connectWalker(ctx context.Context, url string) (*pgx.Conn, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, byIndex); err != nil {
		return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}

// What is aimed at: how much longer than the bare query a wide and a narrow trace may
// take, and when anything is to be there, whatever there is.
const (
	aimWide   Aim = 1.2
	aimNarrow Aim = 2
	aimFirst      = Took(5 * time.Millisecond)
)

// streamed is when something came of a trace: a message at all, one that has something
// behind the lot asked for, and the last.
type streamed struct{ first, behind, whole time.Duration }

// stream reads a trace to its end.
func (b *bench) stream(ctx context.Context, client lottrailv1.TraceServiceClient, lot int, take func(*lottrailv1.TracePart)) (came streamed, err error) {
	began := time.Now()
	stream, err := client.TraceForward(ctx, &lottrailv1.TraceForwardRequest{Sku: b.work.SKU(lot), LotCode: plant.LotCode(lot)})
	if err != nil {
		return came, err
	}
	complete := false
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return came, err
		}
		part := resp.GetPart()
		if came.first == 0 {
			came.first = time.Since(began)
		}
		if came.behind == 0 && (len(part.GetEdges()) > 0 || len(part.GetShipments()) > 0 || len(part.GetLots()) > 1) {
			came.behind = time.Since(began)
		}
		complete = part.GetSummary().GetComplete()
		if take != nil {
			take(part)
		}
	}
	if !complete {
		return came, fmt.Errorf("the trace of %s is not complete", plant.LotCode(lot))
	}
	came.whole = time.Since(began)
	return came, nil
}

// traceRow is a row of the bare query.
type traceRow struct {
	Kind                  string
	LotID, RunID          *int64
	Code, Of, Name, Place *string
	Unit                  *string
	Quantity              *qty.Decimal
	FirstAt, LastAt       *time.Time
	Day                   *time.Time
	Number                *int32
	Contacts              []byte
}

// query reads the bare query to its end.
func (b *bench) query(ctx context.Context, lot int, take func(*traceRow)) (time.Duration, error) {
	began := time.Now()
	rows, err := b.walker.Query(ctx, traceForward, tenantID, b.work.ids.Lot+int64(lot))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var r traceRow
		if err := rows.Scan(&r.Kind, &r.LotID, &r.RunID, &r.Code, &r.Of, &r.Name, &r.Place, &r.Unit, &r.Quantity, &r.FirstAt, &r.LastAt, &r.Day, &r.Number, &r.Contacts); err != nil {
			return 0, err
		}
		if take != nil {
			take(&r)
		}
	}
	return time.Since(began), rows.Err()
}

// queryIDs reads the leanest query to its end.
func (b *bench) queryIDs(ctx context.Context, lot int) (time.Duration, error) {
	began := time.Now()
	rows, err := b.walker.Query(ctx, traceForwardIDs, tenantID, b.work.ids.Lot+int64(lot))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var lotID, other *int64
		var quantity *qty.Decimal
		if err := rows.Scan(&kind, &lotID, &other, &quantity); err != nil {
			return 0, err
		}
	}
	return time.Since(began), rows.Err()
}

// traces measures service, queries and search by turns, after each has answered once
// and the answers were found to be the same.
func (b *bench) traces(ctx context.Context) ([]*TraceFigures, error) {
	conn, err := dial(b.GRPC)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if b.walker, err = connectWalker(ctx, b.Database); err != nil {
		return nil, err
	}
	defer b.walker.Close(context.WithoutCancel(ctx))
	client, floor := lottrailv1.NewTraceServiceClient(conn), b.work.Floor()
	var all []*TraceFigures
	for _, which := range []struct {
		name string
		lot  int32
		aim  Aim
	}{{"hot", b.work.Hot, aimWide}, {"typical", b.work.Typical, aimNarrow}} {
		b.progress.Step("tracing the %s lot, %d times", which.name, b.Repeats)
		f, err := b.trace(ctx, client, floor, int(which.lot))
		if err != nil {
			return all, fmt.Errorf("the %s lot: %w", which.name, err)
		}
		f.Lot, f.Aim = which.name, which.aim
		all = append(all, f)
	}
	return all, nil
}

func (b *bench) trace(ctx context.Context, client lottrailv1.TraceServiceClient, floor *plant.Floor, lot int) (*TraceFigures, error) {
	f, err := b.sameTrace(ctx, client, floor, lot)
	if err != nil {
		return nil, err
	}
	var firsts, behinds, wholes, queries, idss, floors durations
	var ratios, toIDs []float64
	for i := range b.Repeats {
		b.progress.Part("", i, b.Repeats)
		came, err := b.stream(ctx, client, lot, nil)
		if err != nil {
			return nil, err
		}
		query, err := b.query(ctx, lot, nil)
		if err != nil {
			return nil, err
		}
		ids, err := b.queryIDs(ctx, lot)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		floor.Forward(int32(lot)) //nolint:gosec // a plant's lots
		floors.add(time.Since(began))
		firsts.add(came.first)
		behinds.add(came.behind)
		wholes.add(came.whole)
		queries.add(query)
		idss.add(ids)
		ratios, toIDs = append(ratios, float64(came.whole)/float64(query)), append(toIDs, float64(came.whole)/float64(ids))
	}
	f.Repeats, f.Ratio, f.ToIDs = b.Repeats, spread(ratios), spread(toIDs)
	f.First, f.Behind, f.Whole = firsts.median(), behinds.median(), wholes.median()
	f.Query, f.IDs, f.Floor = queries.median(), idss.median(), floors.median()
	if b.Plan {
		f.Plan, err = b.plan(ctx, lot)
	}
	return f, err
}

// plan is how PostgreSQL carries out the bare query.
func (b *bench) plan(ctx context.Context, lot int) (string, error) {
	rows, err := b.walker.Query(ctx, "EXPLAIN (ANALYZE, BUFFERS) "+traceForward, tenantID, b.work.ids.Lot+int64(lot))
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}
