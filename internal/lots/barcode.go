package lots

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/gs1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/scan"
)

// ParseBarcode implements lottrailv1.LotsServiceServer.
func (s *Service) ParseBarcode(ctx context.Context, req *lottrailv1.ParseBarcodeRequest) (*lottrailv1.ParseBarcodeResponse, error) {
	code, err := scan.Read("data", req.GetData(), time.Now())
	if err != nil {
		return nil, err
	}
	resp, err := toBarcode(code)
	if err != nil || code.GTIN() == "" {
		return resp, err
	}
	tenantID := auth.FromContext(ctx).TenantID
	err = s.db.Read(ctx, func(tx *pg.Snapshot) error {
		lookup := resolve.NewLookup(tenantID)
		gtins := lookup.GTINs([]string{code.GTIN()})
		if err := lookup.Do(ctx, tx); err != nil {
			return err
		}
		meant, known := gtins[code.GTIN()]
		if !known {
			warn(resp, "UNKNOWN_GTIN", resolve.UnknownGTIN("", code.GTIN()).Error())
			return nil
		}
		resp.Item = &lottrailv1.BarcodeItem{Sku: meant.Item.SKU, Name: meant.Item.Name, Unit: meant.Unit}
		if value, unit, ok := code.Quantity(meant.Item, meant.Unit); ok {
			resp.Quantity = &lottrailv1.Quantity{Value: value, Unit: unit}
		}
		if value, unit, ok := code.Weight(meant.Item); ok {
			resp.Weight = &lottrailv1.Quantity{Value: value, Unit: unit}
		}
		return addScannedLot(ctx, tx, tenantID, resp, resolve.LotKey{SKU: meant.Item.SKU, LotCode: code.LotCode(meant.Item)})
	})
	return resp, err
}

// addScannedLot adds the lot, if it is known.
func addScannedLot(ctx context.Context, tx *pg.Snapshot, tenantID int64, resp *lottrailv1.ParseBarcodeResponse, key resolve.LotKey) error {
	if key.LotCode == "" {
		return nil
	}
	ids, err := resolve.Lots(ctx, tx, tenantID, []resolve.LotKey{key})
	if err != nil {
		return err
	}
	lotID, known := ids[resolve.LotName{SKU: key.SKU, LotCode: key.LotCode}]
	if !known {
		warn(resp, "UNKNOWN_LOT", resolve.UnknownLot(key).Error())
		return nil
	}
	q := queries.New(tx)
	row, err := q.LotGet(ctx, queries.LotGetParams{TenantID: tenantID, LotID: lotID})
	if err != nil {
		return err
	}
	holds, err := q.HoldList(ctx, queries.HoldListParams{TenantID: tenantID, LotID: lotID, ActiveOnly: true, RowLimit: maxInLot})
	if err != nil {
		return err
	}
	lot := pbtype.Lot(row)
	resp.Lot = &lottrailv1.BarcodeLot{
		Sku: lot.GetSku(), LotCode: lot.GetLotCode(), OnHand: lot.GetOnHand(), Weight: lot.GetWeight(), ActiveHolds: pbtype.Holds(holds),
		ProductionDate: lot.GetProductionDate(), BestBeforeDate: lot.GetBestBeforeDate(), ExpiryDate: lot.GetExpiryDate(),
	}
	warnOfDates(resp)
	return nil
}

// warnOfDates tells of dates that the barcode has otherwise than the lot.
func warnOfDates(resp *lottrailv1.ParseBarcodeResponse) {
	lot := resp.GetLot()
	for _, date := range []struct{ name, scanned, has string }{
		{"production date", resp.GetProductionDate(), lot.GetProductionDate()},
		{"best-before date", resp.GetBestBeforeDate(), lot.GetBestBeforeDate()},
		{"expiry date", resp.GetExpiryDate(), lot.GetExpiryDate()},
	} {
		switch {
		case date.scanned == "" || date.scanned == date.has:
		case date.has == "":
			warn(resp, "DATES_DIFFER", "lot "+lot.GetLotCode()+" has no "+date.name+", and the barcode says "+date.scanned+"; check what is in hand")
		default:
			warn(resp, "DATES_DIFFER", "lot "+lot.GetLotCode()+" has the "+date.name+" "+date.has+", and the barcode says "+date.scanned+"; check what is in hand")
		}
	}
}

func warn(resp *lottrailv1.ParseBarcodeResponse, reason, message string) {
	resp.Warnings = append(resp.Warnings, &lottrailv1.BarcodeWarning{Reason: reason, Message: message})
}

// toBarcode is what a code says by itself.
func toBarcode(code *scan.Code) (*lottrailv1.ParseBarcodeResponse, error) {
	text, err := code.ElementString()
	if err != nil {
		return nil, err
	}
	bracketed, err := code.Bracketed()
	if err != nil {
		return nil, err
	}
	link, err := code.DigitalLink("")
	if err != nil {
		link = "" // not all that can be in a symbol can be in one
	}
	resp := &lottrailv1.ParseBarcodeResponse{
		Symbology: code.Symbology, Elements: toBarcodeElements(code.Elements), ElementString: text, Bracketed: bracketed, DigitalLink: link,
		Gtin: code.GTIN(), LotNumber: code.Lot(), SerialNumber: code.Serial(), Sscc: code.SSCC(),
		ProductionDate: code.Date(gs1.ProductionDate), PackagingDate: code.Date(gs1.PackagingDate), BestBeforeDate: code.Date(gs1.BestBeforeDate),
		SellByDate: code.Date(gs1.SellByDate), ExpiryDate: code.Date(gs1.ExpirationDate),
	}
	for _, m := range code.Measures() {
		resp.Measures = append(resp.Measures, &lottrailv1.BarcodeMeasure{Ai: m.AI, Quantity: &lottrailv1.Quantity{Value: m.Quantity, Unit: m.Unit}})
	}
	if lacking := code.Incomplete(); lacking != nil {
		warn(resp, lacking.Reason, lacking.Message)
	}
	return resp, nil
}

func toBarcodeElements(elements gs1.Elements) []*lottrailv1.BarcodeElement {
	var all []*lottrailv1.BarcodeElement
	for _, e := range elements {
		all = append(all, &lottrailv1.BarcodeElement{Ai: e.AI, Value: e.Value, Title: gs1.Title(e.AI)})
	}
	return all
}
