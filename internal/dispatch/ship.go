package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// customer is the outside world that shipments go to; the shipment says whose.
var customer = ledger.Place{LocationID: ledger.Customer, Code: "customer"}

// Ship implements lottrailv1.DispatchServiceServer.
func (s *Service) Ship(ctx context.Context, req *lottrailv1.ShipRequest) (*lottrailv1.ShipResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ShipResponse, error) {
		shippedAt, err := civil.Occurred("shipped_at", pbtype.Told(req.GetShippedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		shipmentID, lineIDs, err := insertShipment(ctx, tx, req, shippedAt)
		if err != nil {
			return nil, err
		}
		takings, locked, err := draw.Draw(ctx, tx, shipmentLines(req.GetLines()), draw.ToUse, shippedAt)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindShipment, OccurredAt: shippedAt, Document: ledger.Document{ShipmentID: &shipmentID}}
		for _, t := range takings {
			m := t.Movement(customer)
			m.ShipmentLineID = lineIDs[t.Line]
			op.Movements = append(op.Movements, m)
		}
		if _, err := ledger.Post(ctx, tx, locked, op); err != nil {
			return nil, err
		}
		manifest, err := readManifest(ctx, tx, tx.TenantID, "shipment_code", req.GetShipmentCode())
		if err != nil {
			return nil, err
		}
		return &lottrailv1.ShipResponse{Manifest: manifest}, nil
	})
}

func shipmentLines(lines []*lottrailv1.ShipmentLine) []draw.Line {
	drawn := make([]draw.Line, len(lines))
	for i, l := range lines {
		path := pbtype.Line(i)
		drawn[i] = draw.Line{
			Path: path, LocationPath: path + ".location_code", SKU: l.GetSku(), LotCode: l.GetLotCode(), LocationCode: l.GetLocationCode(),
			Value: l.GetQuantity().GetValue(), Unit: l.GetQuantity().GetUnit(),
		}
	}
	return drawn
}

// insertShipment locks the order, if there is one, and writes the document. It
// returns the ids of the shipment and of its lines.
func insertShipment(ctx context.Context, tx *pg.Tx, req *lottrailv1.ShipRequest, shippedAt time.Time) (int64, []int64, error) {
	if err := checkCustomer(req.GetSalesOrderCode(), req.GetCustomerCode()); err != nil {
		return 0, nil, err
	}
	params := queries.ShipmentInsertParams{TenantID: tx.TenantID, Code: req.GetShipmentCode(), ShippedAt: shippedAt}
	var err error
	if params.DeliveryDate, err = civil.ParseOptional("delivery_date", req.GetDeliveryDate()); err != nil {
		return 0, nil, err
	}
	if err := checkDelivery(shippedAt, params.DeliveryDate); err != nil {
		return 0, nil, err
	}
	orderLines, err := resolveHeader(ctx, tx, req, &params)
	if err != nil {
		return 0, nil, err
	}
	if err := checkLines(req.GetLines(), req.GetSalesOrderCode(), orderLines); err != nil {
		return 0, nil, err
	}
	if params.DocumentReferences, err = pbtype.StoreReferences(req.GetReferences()); err != nil {
		return 0, nil, err
	}
	if params.ShipmentID, err = tx.NextID(ctx); err != nil {
		return 0, nil, err
	}
	q := queries.New(tx)
	inserted, err := q.ShipmentInsert(ctx, params)
	if err != nil {
		return 0, nil, err
	}
	if inserted == 0 {
		return 0, nil, errs.Exists("shipment_code", "SHIPMENT_EXISTS", "there is a shipment %q already; choose another code, or repeat the request under its own request_id", req.GetShipmentCode())
	}
	lines := queries.ShipmentLineInsertParams{TenantID: tx.TenantID, ShipmentID: params.ShipmentID, SalesOrderID: params.SalesOrderID}
	for i, l := range req.GetLines() {
		id, err := tx.NextID(ctx)
		if err != nil {
			return 0, nil, err
		}
		lines.ShipmentLineIds = append(lines.ShipmentLineIds, id)
		lines.LineNumbers = append(lines.LineNumbers, int32(i+1)) //nolint:gosec // at most 500 lines
		lines.OrderLineNumbers = append(lines.OrderLineNumbers, l.GetSalesOrderLineNumber())
	}
	return params.ShipmentID, lines.ShipmentLineIds, q.ShipmentLineInsert(ctx, lines)
}

// resolveHeader finds order, customer and carrier, and locks the order. It
// returns the items of the order's lines.
func resolveHeader(ctx context.Context, tx *pg.Tx, req *lottrailv1.ShipRequest, params *queries.ShipmentInsertParams) (orderLineItems, error) {
	q := queries.New(tx)
	items := orderLineItems{}
	if code := req.GetSalesOrderCode(); code != "" {
		order, err := q.SalesOrderLock(ctx, queries.SalesOrderLockParams{TenantID: tx.TenantID, Code: code})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, unknownOrder("sales_order_code", code)
		}
		if err != nil {
			return nil, err
		}
		params.SalesOrderID, params.CustomerID = &order.SalesOrderID, order.CustomerID
		rows, err := q.SalesOrderLineList(ctx, queries.SalesOrderLineListParams{TenantID: tx.TenantID, SalesOrderID: order.SalesOrderID})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			items[r.LineNumber] = r.SKU
		}
	}
	if code := req.GetCustomerCode(); code != "" {
		party, err := resolve.PartyOf(ctx, tx, tx.TenantID, resolve.Key{Path: "customer_code", Value: code}, "customer")
		if err != nil {
			return nil, err
		}
		params.CustomerID = party.PartyID
	}
	if code := req.GetCarrierCode(); code != "" {
		party, err := resolve.PartyOf(ctx, tx, tx.TenantID, resolve.Key{Path: "carrier_code", Value: code}, "carrier")
		if err != nil {
			return nil, err
		}
		params.CarrierID = &party.PartyID
	}
	return items, nil
}

// GetManifest implements lottrailv1.DispatchServiceServer.
func (s *Service) GetManifest(ctx context.Context, req *lottrailv1.GetManifestRequest) (*lottrailv1.GetManifestResponse, error) {
	resp := &lottrailv1.GetManifestResponse{}
	err := s.db.Read(ctx, func(tx pgx.Tx) (err error) {
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
	return toManifest(shipment, lines)
}
