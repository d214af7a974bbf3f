package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/rotation"
)

// customer is the outside world that shipments go to; the shipment says whose.
var customer = ledger.Place{LocationID: ledger.Customer, Code: "customer"}

// Ship implements lottrailv1.DispatchServiceServer.
func (s *Service) Ship(ctx context.Context, req *lottrailv1.ShipRequest) (*lottrailv1.ShipResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ShipResponse, error) {
		shippedAt, err := s.window.Occurred("shipped_at", pbtype.Told(req.GetShippedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		lookup := resolve.NewLookup(tx.TenantID)
		h, err := queueHeader(tx, lookup, req, shippedAt)
		if err != nil {
			return nil, err
		}
		look := rotation.Queue(lookup, tx.TenantID, req.GetLines(), true, shippedAt)
		look.For = req.GetSalesOrderCode()
		takings, locked, err := draw.Draw(ctx, tx, lookup, shipmentLines(req), draw.ToShip, shippedAt)
		if err != nil {
			return nil, err
		}
		if err := h.insert(ctx, tx, req); err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindShipment, OccurredAt: shippedAt, Document: ledger.Document{ShipmentID: &h.row.ShipmentID}}
		for _, t := range takings {
			m := t.Movement(customer)
			m.ShipmentLineID = h.lineIDs[t.Line]
			op.Movements = append(op.Movements, m)
		}
		if err := ledger.Validate(op, locked); err != nil { // what may not be taken at all is in no rotation
			return nil, err
		}
		judged, err := rotation.Judge(ctx, tx, look, req.GetLines(), takings)
		if err != nil {
			return nil, err
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		if err := rotation.Record(ctx, tx, judged, posted.MovementIDs); err != nil {
			return nil, err
		}
		manifest := h.manifest(req, takings, tx.Principal, posted.RecordedAt)
		addRotation(manifest, judged, takings)
		return &lottrailv1.ShipResponse{Manifest: manifest}, nil
	})
}

func shipmentLines(req *lottrailv1.ShipRequest) []draw.Line {
	drawn := make([]draw.Line, len(req.GetLines()))
	for i, l := range req.GetLines() {
		path := pbtype.Line(i)
		drawn[i] = draw.Line{
			Path: path, LocationPath: path + ".location_code", SKU: l.GetSku(), LotCode: l.GetLotCode(), LocationCode: l.GetLocationCode(),
			Value: l.GetQuantity().GetValue(), Unit: l.GetQuantity().GetUnit(), Weight: pbtype.Given(l.GetWeight()),
		}
		if number := l.GetSalesOrderLineNumber(); number != 0 {
			drawn[i].For = ledger.OrderLine{OrderCode: req.GetSalesOrderCode(), Number: number}
		}
	}
	return drawn
}

// GetManifest implements lottrailv1.DispatchServiceServer.
func (s *Service) GetManifest(ctx context.Context, req *lottrailv1.GetManifestRequest) (*lottrailv1.GetManifestResponse, error) {
	resp := &lottrailv1.GetManifestResponse{}
	err := s.db.Read(ctx, func(tx *pg.Snapshot) (err error) {
		resp.Manifest, err = readManifest(ctx, tx, auth.FromContext(ctx).TenantID, "shipment_code", req.GetShipmentCode())
		return err
	})
	return resp, err
}

func readManifest(ctx context.Context, db queries.DBTX, tenantID int64, path, code string) (*lottrailv1.Manifest, error) {
	q := queries.New(db)
	shipment, err := q.ShipmentGet(ctx, queries.ShipmentGetParams{TenantID: tenantID, Code: code})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errs.NotFound(path, "UNKNOWN_SHIPMENT", "there is no shipment %q; check the code", code)
	}
	if err != nil {
		return nil, err
	}
	lines, err := q.ShipmentListLine(ctx, queries.ShipmentListLineParams{TenantID: tenantID, ShipmentID: shipment.ShipmentID})
	if err != nil {
		return nil, err
	}
	manifest, err := toManifest(shipment, lines)
	if err != nil {
		return nil, err
	}
	if err := readRotation(ctx, db, tenantID, manifest, lines); err != nil {
		return nil, err
	}
	reversal, err := q.ReversalGetOfShipment(ctx, queries.ReversalGetOfShipmentParams{TenantID: tenantID, ShipmentID: &shipment.ShipmentID})
	manifest.Reversal, err = pbtype.Reversal(reversal.RecordedAt, reversal.Principal, reversal.Reason, err)
	return manifest, err
}
