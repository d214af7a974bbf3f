package lots

import (
	"context"
	"errors"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/gs1"
	"github.com/lottrail/lottrail/internal/label"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// GetLotLabel implements lottrailv1.LotsServiceServer.
func (s *Service) GetLotLabel(ctx context.Context, req *lottrailv1.GetLotLabelRequest) (*lottrailv1.GetLotLabelResponse, error) {
	tenantID := auth.FromContext(ctx).TenantID
	var l labelled
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		lotID, err := resolve.Lot(ctx, tx, tenantID, lotKey(req))
		if err != nil {
			return err
		}
		items, err := resolve.Items(ctx, tx, tenantID, resolve.Keys{{Path: "sku", Value: req.GetSku()}})
		if err != nil {
			return err
		}
		q := queries.New(tx)
		l.item = items[req.GetSku()]
		if l.gtins, err = q.ItemGTINList(ctx, queries.ItemGTINListParams{TenantID: tenantID, SKU: req.GetSku()}); err != nil {
			return err
		}
		l.lot, err = q.LotGet(ctx, queries.LotGetParams{TenantID: tenantID, LotID: lotID})
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.label(req)
}

// labelled is a lot with what its label needs.
type labelled struct {
	item  *resolve.Item
	lot   queries.LotGetRow
	gtins []queries.ItemGTINListRow
}

// label writes the label in its forms.
func (l *labelled) label(req *lottrailv1.GetLotLabelRequest) (*lottrailv1.GetLotLabelResponse, error) {
	elements, err := l.elements(req.GetUnit())
	if err != nil {
		return nil, err
	}
	symbology, identifier := label.DataMatrix, gs1.GS1DataMatrix
	if req.GetSymbology() == lottrailv1.LabelSymbology_LABEL_SYMBOLOGY_GS1_128 {
		symbology, identifier = label.GS1128, gs1.GS1128
	}
	resp := &lottrailv1.GetLotLabelResponse{Elements: toBarcodeElements(elements)}
	if resp.ElementString, err = elements.ScanData(identifier); err != nil {
		return nil, l.refuseElement(err)
	}
	if resp.Bracketed, err = elements.Bracketed(); err != nil {
		return nil, err
	}
	if resp.DigitalLink, err = elements.DigitalLink(req.GetDigitalLinkStem()); err != nil {
		return nil, refuseStem(err)
	}
	drawn := label.Label{Symbology: symbology, Title: l.title(), Module: int(req.GetModuleDots())}
	for _, e := range elements {
		drawn.Elements = append(drawn.Elements, label.Element(e))
	}
	picture, err := label.Draw(drawn)
	if wrong := (*label.Error)(nil); errors.As(err, &wrong) {
		field := "symbology"
		if wrong.Reason == label.BadModule || req.GetModuleDots() != 0 {
			field = "module_dots"
		}
		return nil, errs.Invalid(field, wrong.Reason, "%s", wrong.Message)
	}
	if err != nil {
		return nil, err
	}
	resp.Picture, err = encodeLabel(picture, req.GetFormat())
	return resp, err
}

func encodeLabel(picture *label.Picture, format lottrailv1.LabelFormat) (*httpbody.HttpBody, error) {
	if format != lottrailv1.LabelFormat_LABEL_FORMAT_PNG {
		return &httpbody.HttpBody{ContentType: "image/svg+xml", Data: picture.SVG()}, nil
	}
	data, err := picture.PNG()
	return &httpbody.HttpBody{ContentType: "image/png", Data: data}, err
}

// elements are what is in the barcode: those of a fixed length first, for then nothing
// has to separate them. It has one date, or a GS1-128 would be full.
func (l *labelled) elements(unit string) (gs1.Elements, error) {
	gtin, err := l.gtin(unit)
	if err != nil {
		return nil, err
	}
	elements := gs1.Elements{{AI: "01", Value: gtin}}
	switch {
	case l.lot.ExpiryDate != nil:
		elements = withDate(elements, gs1.ExpirationDate, *l.lot.ExpiryDate)
	case l.lot.BestBeforeDate != nil:
		elements = withDate(elements, gs1.BestBeforeDate, *l.lot.BestBeforeDate)
	}
	return append(elements, gs1.Element{AI: l.codeAI(), Value: l.lot.LotCode}), nil
}

// withDate leaves a date out that would be read as one of another century, for a barcode
// has its year with two digits.
func withDate(elements gs1.Elements, ai string, day time.Time) gs1.Elements {
	dated := append(slices.Clone(elements), gs1.Element{AI: ai, Value: gs1.DateValue(day)})
	if read, ok := dated.Date(ai, time.Now()); !ok || !read.Equal(day) {
		return elements
	}
	return dated
}

func (l *labelled) codeAI() string {
	if l.item.Tracking == resolve.TrackingSerial {
		return "21"
	}
	return "10"
}

// gtin is that of a unit; without one asked for, that of the base unit before others.
func (l *labelled) gtin(unit string) (string, error) {
	if unit != "" {
		if err := l.item.CheckUnit("unit", unit); err != nil {
			return "", err
		}
	}
	wanted := unit
	if wanted == "" {
		wanted = l.item.BaseUnit
	}
	for _, g := range l.gtins {
		if g.Unit == wanted {
			return g.GTIN, nil
		}
	}
	switch {
	case len(l.gtins) == 0:
		return "", errs.Precondition("sku", "GTIN_REQUIRED", "item %q has no GTIN, which a label needs; add one with UpsertItem", l.item.SKU)
	case unit != "":
		return "", errs.Precondition("unit", "GTIN_REQUIRED", "item %q has no GTIN for unit %q; add one with UpsertItem, or leave the unit out", l.item.SKU, unit)
	}
	return l.gtins[0].GTIN, nil
}

// refuseElement says which element could not be written: of those that a label has, only
// the lot code may be anything.
func (l *labelled) refuseElement(err error) error {
	wrong := (*gs1.Error)(nil)
	if !errors.As(err, &wrong) || wrong.AI != l.codeAI() {
		return err
	}
	return errs.Precondition("lot_code", wrong.Reason, "lot code %.130q of item %q cannot be on a GS1 label: %s; (%s) has room for 20 characters of GS1's set 82. Receive or produce under a code that fits, or let the item's lot_code_pattern make them",
		l.lot.LotCode, l.item.SKU, wrong.Message, wrong.AI)
}

func refuseStem(err error) error {
	wrong := (*gs1.Error)(nil)
	if !errors.As(err, &wrong) {
		return err
	}
	return errs.Invalid("digital_link_stem", wrong.Reason, "%s", wrong.Message)
}

// title is what stands above the barcode for people.
func (l *labelled) title() []string {
	lines := []string{l.lot.ItemName, "Lot " + l.lot.LotCode}
	if l.item.Tracking == resolve.TrackingSerial {
		lines[1] = "Serial " + l.lot.LotCode
	}
	for _, date := range []struct {
		name string
		day  *time.Time
	}{{"Produced", l.lot.ProductionDate}, {"Best before", l.lot.BestBeforeDate}, {"Use by", l.lot.ExpiryDate}} {
		if date.day != nil {
			lines = append(lines, date.name+" "+date.day.Format(time.DateOnly))
		}
	}
	return lines
}
