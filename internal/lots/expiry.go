package lots

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
	"github.com/lottrail/lottrail/internal/worth"
)

// What ListExpiringLots takes where nothing is said, as the proto says.
const (
	defaultWithinDays      = 30
	defaultDiscountDays    = 3
	defaultDiscountPercent = 10
)

// ListExpiringLots implements lottrailv1.LotsServiceServer.
func (s *Service) ListExpiringLots(ctx context.Context, req *lottrailv1.ListExpiringLotsRequest) (*lottrailv1.ListExpiringLotsResponse, error) {
	tenantID := auth.FromContext(ctx).TenantID
	resp := &lottrailv1.ListExpiringLotsResponse{}
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		report := &expiryReport{Queries: queries.New(tx), tx: tx, tenantID: tenantID, req: req, little: little(req)}
		if err := report.ask(ctx, time.Now()); err != nil {
			return err
		}
		if req.GetGroupBy() == lottrailv1.ExpiryGroupBy_EXPIRY_GROUP_BY_UNSPECIFIED {
			return report.list(ctx, resp)
		}
		for field, value := range map[string]string{"filter": req.GetFilter(), "order_by": req.GetOrderBy()} {
			if value != "" {
				return errs.Invalid(field, "NOT_WITH_GROUPS", "groups are neither filtered nor ordered; leave out this or group_by")
			}
		}
		return report.group(ctx, resp)
	})
	return resp, err
}

// little is when there is little time left.
func little(req *lottrailv1.ListExpiringLotsRequest) shelflife.Thresholds {
	t := shelflife.Thresholds{Days: defaultDiscountDays, Percent: defaultDiscountPercent}
	if req.DiscountDays != nil {
		t.Days = int(req.GetDiscountDays())
	}
	if req.DiscountPercent != nil {
		t.Percent = int(req.GetDiscountPercent())
	}
	return t
}

// expiryReport is one that is being read, from one snapshot.
type expiryReport struct {
	*queries.Queries
	tx       *pg.Snapshot
	tenantID int64
	req      *lottrailv1.ListExpiringLotsRequest
	little   shelflife.Thresholds
	params   queries.ExpiryListStockParams
}

// ask says what is to be read: which days it is at the sites, and what the request
// leaves out. What it names has to be there: a misspelt item must not look like one of
// which nothing expires.
func (r *expiryReport) ask(ctx context.Context, now time.Time) error {
	within := int32(defaultWithinDays)
	if r.req.WithinDays != nil {
		within = r.req.GetWithinDays()
	}
	state := r.req.GetState()
	r.params = queries.ExpiryListStockParams{
		TenantID: r.tenantID, SKU: r.req.GetSku(), Category: r.req.GetCategory(), WithinDays: within,
		WithExpired:  state != lottrailv1.ExpiryState_EXPIRY_STATE_EXPIRING,
		WithExpiring: state != lottrailv1.ExpiryState_EXPIRY_STATE_EXPIRED,
		SiteIds:      []int64{}, Days: []time.Time{},
	}
	sites, err := r.ExpirySiteList(ctx, r.tenantID)
	if err != nil {
		return err
	}
	for _, site := range sites {
		zone, err := civil.Zone(site.TimeZone)
		if err != nil {
			return err
		}
		r.params.SiteIds, r.params.Days = append(r.params.SiteIds, site.LocationID), append(r.params.Days, civil.DayOf(now, zone))
	}
	if r.req.GetSku() != "" {
		if _, err := resolve.Items(ctx, r.tx, r.tenantID, resolve.Keys{{Path: "sku", Value: r.req.GetSku()}}); err != nil {
			return err
		}
	}
	if r.req.GetLocationCode() == "" {
		return nil
	}
	r.params.InsideID, err = r.ExpiryLocation(ctx, queries.ExpiryLocationParams{TenantID: r.tenantID, Code: r.req.GetLocationCode()})
	if errors.Is(err, pgx.ErrNoRows) {
		return resolve.UnknownLocation(resolve.Key{Path: "location_code", Value: r.req.GetLocationCode()})
	}
	return err
}

// expiringKey is where a page of stock ended.
type expiringKey struct {
	LastDay                    time.Time
	SKU, LotCode, LocationCode string
}

// list is a page of stock, lot by lot.
func (r *expiryReport) list(ctx context.Context, resp *lottrailv1.ListExpiringLotsResponse) error {
	var after expiringKey
	view, err := expiringFields.Open(r.req, &after)
	if err != nil {
		return err
	}
	size := page.Size(r.req.GetPageSize(), defaultPageSize)
	r.params.AfterLastDay, r.params.AfterSKU, r.params.AfterLotCode, r.params.AfterLocationCode = after.LastDay, after.SKU, after.LotCode, after.LocationCode
	r.params.RowLimit = size + 1
	rows, err := view.Over(r.tx).ExpiryListStock(ctx, r.params)
	if err != nil {
		return err
	}
	rows, more := page.Cut(rows, size)
	lotIDs := []int64{}
	for _, row := range rows {
		lotIDs = append(lotIDs, row.LotID)
	}
	costs, err := r.costs(ctx, lotIDs)
	if err != nil {
		return err
	}
	for _, row := range rows {
		resp.Lots = append(resp.Lots, toExpiringLot(row, r.little, costs[row.LotID]))
	}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = view.Token(r.req, len(rows)-1, expiringKey{last.LastDay, last.SKU, last.LotCode, last.LocationCode})
	}
	return err
}

// costLots is of how many lots the costs are read at once.
const costLots = 1000

// costs are what one base unit of lots cost; of those that are missing, or nil, it is
// not known.
func (r *expiryReport) costs(ctx context.Context, lotIDs []int64) (map[int64]worth.Worth, error) {
	slices.Sort(lotIDs)
	lotIDs = slices.Compact(lotIDs)
	costs := make(map[int64]worth.Worth, len(lotIDs))
	for some := range slices.Chunk(lotIDs, costLots) {
		rows, err := r.ExpiryListCost(ctx, queries.ExpiryListCostParams{TenantID: r.tenantID, LotIds: some})
		if err != nil {
			return nil, err
		}
		for len(rows) > 0 {
			n := 1
			for n < len(rows) && rows[n].LotID == rows[0].LotID {
				n++
			}
			costs[rows[0].LotID] = worth.Unit(toPaid(rows[:n]))
			rows = rows[n:]
		}
	}
	return costs, nil
}

func toPaid(rows []queries.ExpiryListCostRow) []worth.Paid {
	paid := make([]worth.Paid, len(rows))
	for i, r := range rows {
		paid[i] = worth.Paid{Quantity: r.Quantity, UnitCost: r.UnitCost, Currency: r.Currency, Numerator: r.Numerator, Denominator: r.Denominator, Known: r.Known}
	}
	return paid
}

func datesOfStock(r queries.ExpiryListStockRow) shelflife.Dates {
	return shelflife.Dates{Production: r.ProductionDate, BestBefore: r.BestBeforeDate, Expiry: r.ExpiryDate, Removal: r.RemovalDate}
}

// actions are the API's names for what to do.
var actions = map[shelflife.Action]lottrailv1.ExpiryAction{
	shelflife.UseFirst:       lottrailv1.ExpiryAction_EXPIRY_ACTION_USE_FIRST,
	shelflife.SellAtDiscount: lottrailv1.ExpiryAction_EXPIRY_ACTION_SELL_AT_DISCOUNT,
	shelflife.Retest:         lottrailv1.ExpiryAction_EXPIRY_ACTION_RETEST,
	shelflife.Dispose:        lottrailv1.ExpiryAction_EXPIRY_ACTION_DISPOSE,
}

func toExpiringLot(r queries.ExpiryListStockRow, little shelflife.Thresholds, cost worth.Worth) *lottrailv1.ExpiringLot {
	dates := datesOfStock(r)
	left := dates.LeftOn(r.Day)
	lot := &lottrailv1.ExpiringLot{
		Lot:             &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
		ItemName:        r.ItemName,
		Category:        r.Category,
		LocationCode:    r.LocationCode,
		SiteCode:        r.SiteCode,
		Today:           civil.Format(&r.Day),
		OnHand:          pbtype.Quantity(r.OnHand, r.BaseUnit),
		Weight:          pbtype.Weight(r.Weight, r.WeightUnit),
		Dates:           pbtype.LotDates(r.ProductionDate, r.BestBeforeDate, r.ExpiryDate, r.RemovalDate),
		LastDay:         civil.Format(&r.LastDay),
		RemainingDays:   int32(left.Days),
		ShelfLifeDays:   int32(left.ShelfLife),
		Action:          actions[shelflife.Suggest(dates, r.Day, little)],
		ActiveHoldCount: r.HoldCount,
		Values:          cost.Times(r.OnHand).Values(),
	}
	if left.Known {
		percent := int32(left.Percent)
		lot.RemainingPercent = &percent
	}
	return lot
}
