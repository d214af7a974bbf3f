package trace

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/rotation"
)

// reading says which movements are read.
type reading bool

const (
	every    reading = false
	standing reading = true // not what was taken back, nor that it was
)

// eachMovements reads the movements of the lot, the earliest recorded first. fn may keep
// and change what it is given.
func (r *dossierReader) eachMovements(ctx context.Context, which reading, fn func([]queries.LotListMovementRow) error) error {
	after := queries.DossierMovementListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf, Stands: bool(which), AfterRecordedAt: time.Unix(0, 0), RowLimit: dossierChunk}
	for {
		found, err := r.DossierMovementList(ctx, after)
		if err != nil || len(found) == 0 {
			return err
		}
		last := &found[len(found)-1]
		after.AfterRecordedAt, after.AfterOperationID, after.AfterMovementID = last.RecordedAt, last.OperationID, last.MovementID
		rows := make([]queries.LotListMovementRow, len(found))
		for i := range found {
			rows[i] = queries.LotListMovementRow(found[i])
		}
		if err := fn(rows); err != nil {
			return err
		}
	}
}

func (r *dossierReader) stays(ctx context.Context) error {
	k := &stayKeeper{lasting: map[string]*stay{}}
	err := r.eachMovements(ctx, standing, func(rows []queries.LotListMovementRow) error {
		for i := range rows {
			row := &rows[i]
			for _, end := range []struct {
				outside bool
				code    string
				in      bool
			}{{ledger.Virtual(row.FromLocationID), row.FromCode, false}, {ledger.Virtual(row.ToLocationID), row.ToCode, true}} {
				if end.outside {
					continue
				}
				change := row.Quantity
				if !end.in {
					change = change.Neg()
				}
				if ended := k.change(end.code, change, row.OccurredAt); ended != nil {
					if err := r.putStay(ended); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range k.rest() {
		if err := r.putStay(s); err != nil {
			return err
		}
	}
	return nil
}

func (r *dossierReader) putStay(s *stay) error {
	message := &lottrailv1.DossierStay{LocationCode: s.location, From: timestamppb.New(s.from), Most: pbtype.Quantity(s.most, r.unit)}
	if s.onHand.Sign() <= 0 {
		message.Until = timestamppb.New(s.until)
	}
	return r.put(message, func(part *lottrailv1.GetDossierResponse) { part.Stays = append(part.Stays, message) })
}

func (r *dossierReader) stocks(ctx context.Context) error {
	rows, err := r.DossierStockList(ctx, queries.DossierStockListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return err
	}
	codes := make([]string, len(rows))
	for i := range rows {
		codes[i] = rows[i].Code
	}
	paths, err := resolve.Paths(ctx, r.tx, r.tenantID, codes)
	if err != nil {
		return err
	}
	for _, row := range rows {
		stock := &lottrailv1.Stock{LocationCode: row.Code, OnHand: pbtype.Quantity(row.OnHand, r.unit), Held: pbtype.Quantity(qty.Decimal{}, r.unit), Weight: pbtype.Weight(row.Weight, r.weight), Path: paths[row.Code]}
		if row.Held {
			stock.Held = stock.GetOnHand()
		}
		if err := r.put(stock, func(part *lottrailv1.GetDossierResponse) { part.Stocks = append(part.Stocks, stock) }); err != nil {
			return err
		}
	}
	return nil
}

func (r *dossierReader) adjustments(ctx context.Context) error {
	return r.eachMovements(ctx, every, func(rows []queries.LotListMovementRow) error {
		rows = slices.DeleteFunc(rows, func(row queries.LotListMovementRow) bool {
			return row.Kind != string(ledger.KindAdjustment) && row.Kind != string(ledger.KindScrap)
		})
		for _, movement := range pbtype.Movements(rows) {
			if err := r.put(movement, func(part *lottrailv1.GetDossierResponse) { part.Adjustments = append(part.Adjustments, movement) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// rotations are of what was judged; what was taken back is not told, for it was not taken.
func (r *dossierReader) rotations(ctx context.Context) error {
	return r.eachMovements(ctx, standing, func(rows []queries.LotListMovementRow) error {
		var ids []int64
		for i := range rows {
			if row := &rows[i]; row.Kind == string(ledger.KindConsumption) || row.Kind == string(ledger.KindShipment) {
				ids = append(ids, row.MovementID)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		judged, err := rotation.Read(ctx, r.tx, r.tenantID, ids)
		if err != nil {
			return err
		}
		for i, movement := range pbtype.Movements(rows) {
			what := judged[rows[i].MovementID]
			if what == nil {
				continue
			}
			entry := &lottrailv1.DossierRotation{
				Kind: movement.GetKind(), Document: movement.GetDocument(), LocationCode: movement.GetFromLocationCode(),
				Quantity: movement.GetQuantity(), OccurredAt: movement.GetOccurredAt(), Rotation: what,
			}
			if err := r.put(entry, func(part *lottrailv1.GetDossierResponse) { part.Rotations = append(part.Rotations, entry) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *dossierReader) dateChanges(ctx context.Context) error {
	rows, err := r.DossierDateChangeList(ctx, queries.DossierDateChangeListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return err
	}
	for _, row := range rows {
		change := &lottrailv1.DossierDateChange{
			Number: row.Number, Reason: row.Reason, RetestReference: row.RetestReference, Principal: row.Principal, RecordedAt: timestamppb.New(row.RecordedAt),
			Before: pbtype.LotDates(row.OldProductionDate, row.OldBestBeforeDate, row.OldExpiryDate, row.OldRemovalDate),
			After:  pbtype.LotDates(row.NewProductionDate, row.NewBestBeforeDate, row.NewExpiryDate, row.NewRemovalDate),
		}
		if err := r.put(change, func(part *lottrailv1.GetDossierResponse) { part.DateChanges = append(part.DateChanges, change) }); err != nil {
			return err
		}
	}
	return nil
}

func (r *dossierReader) holds(ctx context.Context) error {
	after := int32(0)
	for {
		found, err := r.DossierHoldList(ctx, queries.DossierHoldListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf, AfterNumber: after, RowLimit: dossierChunk})
		if err != nil || len(found) == 0 {
			return err
		}
		rows := make([]queries.HoldListRow, len(found))
		for i := range found {
			rows[i] = queries.HoldListRow(found[i])
		}
		for _, hold := range pbtype.Holds(rows) {
			if err := r.put(hold, func(part *lottrailv1.GetDossierResponse) { part.Holds = append(part.Holds, hold) }); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Number
	}
}
