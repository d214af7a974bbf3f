package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/qty"
)

// querier is a connection, or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

const (
	firstContents = 100
	contentPage   = 1000
)

// contents measures a page of what is in the hall, and all of it, after service and
// query have told the same once. The query is planned freely: it reads everything.
func (b *bench) contents(ctx context.Context) ([]*Reading, error) {
	b.progress.Step("reading what is in the hall, %d times", b.Repeats)
	all, err := b.readContents(ctx, contentPage, -1)
	if err != nil {
		return nil, err
	}
	queried, err := b.queryContents(ctx, nil)
	if err != nil {
		return nil, err
	}
	if got, want := servedContents(all), queried; !slices.Equal(got, want) {
		return nil, fmt.Errorf("the service tells of %d balances and the query of %d, or others: %s", len(got), len(want), firstDifference(got, want))
	}
	var readings []*Reading
	for _, part := range []struct {
		name        string
		rows        int
		size, pages int
	}{
		{"the first page", min(firstContents, len(all)), firstContents, 1},
		{fmt.Sprintf("all, in pages of %s", thousands(contentPage)), len(all), contentPage, -1},
	} {
		setting, limit := byIndex, any(part.rows)
		if part.pages < 0 {
			setting, limit = "RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin; SET plan_cache_mode = force_custom_plan", nil
		}
		if _, err := b.walker.Exec(ctx, setting+"; SET jit = off"); err != nil {
			return readings, err
		}
		r, err := b.turns(part.name, part.rows, func() error {
			contents, err := b.readContents(ctx, part.size, part.pages)
			if err == nil && len(contents) != part.rows {
				err = fmt.Errorf("%d rows of %d", len(contents), part.rows)
			}
			return err
		}, func() error {
			rows, err := b.queryContents(ctx, limit)
			if err == nil && len(rows) != part.rows {
				err = fmt.Errorf("the query has %d rows of %d", len(rows), part.rows)
			}
			return err
		})
		if err != nil {
			return readings, err
		}
		readings = append(readings, r)
	}
	return readings, nil
}

// readContents reads so many pages, all if pages is below 0.
func (b *bench) readContents(ctx context.Context, size, pages int) ([]*lottrailv1.LocationContent, error) {
	var all []*lottrailv1.LocationContent
	token := ""
	for ; pages != 0; pages-- {
		resp, err := b.work.hall.lots.ListLocationContents(ctx, &lottrailv1.ListLocationContentsRequest{
			LocationCode: plant.HallCode, PageSize: int32(size), PageToken: token, //nolint:gosec // a page's
		})
		if err != nil {
			return nil, err
		}
		all, token = append(all, resp.GetContents()...), resp.GetNextPageToken()
		if token == "" {
			break
		}
	}
	return all, nil
}

// queryContents reads so many rows of the bare query, all if limit is nil.
func (b *bench) queryContents(ctx context.Context, limit any) ([]string, error) {
	rows, err := b.walker.Query(ctx, warehouseStatements["Contents"], tenantID, b.work.hall.ids.Location, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var place, sku, name, unit, lot string
		var onHand qty.Decimal
		var production, bestBefore, expiry, receivedAt *time.Time
		var holds int64
		if err := rows.Scan(&place, &sku, &name, &unit, &lot, &onHand, &production, &bestBefore, &expiry, &holds, &receivedAt); err != nil {
			return nil, err
		}
		texts = append(texts, contentText(place, sku, lot, onHand.String(), expiry.Format(time.DateOnly), holds, *receivedAt))
	}
	return texts, rows.Err()
}

func servedContents(all []*lottrailv1.LocationContent) []string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = contentText(c.GetLocationCode(), c.GetLot().GetSku(), c.GetLot().GetLotCode(), c.GetOnHand().GetValue(), c.GetExpiryDate(), int64(c.GetActiveHoldCount()), c.GetReceivedAt().AsTime())
	}
	return texts
}

func contentText(place, sku, lot, onHand, expiry string, holds int64, receivedAt time.Time) string {
	return place + " " + sku + " " + lot + " " + onHand + " " + expiry + " " + fmt.Sprint(holds) + " " + receivedAt.UTC().Format(time.RFC3339Nano)
}
