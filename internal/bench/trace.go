package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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

// Traced is one trace, several times: by the service, by the bare query for the
// same rows, and by one for nothing but ids.
type Traced struct {
	Name                   string
	Lots, Edges, Shipments int
	First, Whole           []time.Duration // the first message with more than the lot asked for; the last
	Query, IDs             []time.Duration
}

// stream reads a trace to its end. behind says when the first message came that has
// something behind the lot asked for.
func (b *bench) stream(ctx context.Context, client lottrailv1.TraceServiceClient, lot int, take func(*lottrailv1.TracePart)) (behind, whole time.Duration, err error) {
	began := time.Now()
	stream, err := client.TraceForward(ctx, &lottrailv1.TraceForwardRequest{Sku: b.work.SKU(lot), LotCode: plant.LotCode(lot)})
	if err != nil {
		return 0, 0, err
	}
	complete := false
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, 0, err
		}
		part := resp.GetPart()
		if behind == 0 && (len(part.GetEdges()) > 0 || len(part.GetShipments()) > 0 || len(part.GetLots()) > 1) {
			behind = time.Since(began)
		}
		complete = part.GetSummary().GetComplete()
		if take != nil {
			take(part)
		}
	}
	if !complete {
		return 0, 0, fmt.Errorf("the trace of %s is not complete", plant.LotCode(lot))
	}
	return behind, time.Since(began), nil
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
}

// query reads the bare query to its end.
func (b *bench) query(ctx context.Context, lot int, take func(*traceRow)) (time.Duration, error) {
	began := time.Now()
	rows, err := b.conn.Query(ctx, traceForward, tenantID, b.work.ids.Lot+int64(lot))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var r traceRow
		if err := rows.Scan(&r.Kind, &r.LotID, &r.RunID, &r.Code, &r.Of, &r.Name, &r.Place, &r.Unit, &r.Quantity, &r.FirstAt, &r.LastAt, &r.Day, &r.Number); err != nil {
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
	rows, err := b.conn.Query(ctx, traceForwardIDs, tenantID, b.work.ids.Lot+int64(lot))
	if err != nil {
		return 0, err
	}
	var kind string
	var lotID, other *int64
	var quantity *qty.Decimal
	_, err = pgx.ForEachRow(rows, []any{&kind, &lotID, &other, &quantity}, func() error { return nil })
	return time.Since(began), err
}

// traces measures service and queries by turns, after each has answered once and
// the answers were found to be the same.
func (b *bench) traces(ctx context.Context) ([]*Traced, error) {
	conn, err := dial(b.GRPC)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	client := lottrailv1.NewTraceServiceClient(conn)
	var all []*Traced
	for _, which := range []struct {
		name string
		lot  int32
	}{{"hot", b.work.Hot}, {"typical", b.work.Typical}} {
		lot := int(which.lot)
		t, err := b.sameTrace(ctx, client, lot)
		if err != nil {
			return nil, fmt.Errorf("the trace of the %s lot: %w", which.name, err)
		}
		t.Name = which.name
		for range b.Repeats {
			first, whole, err := b.stream(ctx, client, lot, nil)
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
			t.First, t.Whole = append(t.First, first), append(t.Whole, whole)
			t.Query, t.IDs = append(t.Query, query), append(t.IDs, ids)
		}
		all = append(all, t)
	}
	return all, nil
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
