package server

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/gs1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/scan"
)

// scanned is a scan in a request, and the message that it stands for.
type scanned struct {
	at      string // the path of the scan
	path    string // what the paths of the message's fields begin with
	message protoreflect.Message
	data    string
	done    func() // if not nil, to be called when the message is filled
	code    *scan.Code
}

// dates are the AIs that say when a lot was made and how long it keeps.
var dates = []struct{ field, ai string }{
	{"production_date", gs1.ProductionDate}, {"best_before_date", gs1.BestBeforeDate}, {"expiry_date", gs1.ExpirationDate},
}

// fill fills the fields of the message that the scan says. Those that are given have to
// agree with it.
func (f *scanned) fill(meant resolve.GTIN) error {
	item := meant.Item
	if err := f.say("sku", item.SKU); err != nil {
		return err
	}
	if err := f.fillLot(item); err != nil {
		return err
	}
	if f.makesLots() {
		for _, d := range dates {
			if err := f.say(d.field, f.code.Date(d.ai)); err != nil {
				return err
			}
		}
	}
	if f.done != nil {
		f.done()
	}
	if err := f.fillQuantity(meant); err != nil {
		return err
	}
	return f.fillWeight(meant.Item)
}

func (f *scanned) fillLot(item *resolve.Item) error {
	lot := f.code.LotCode(item)
	if lot == "" {
		switch {
		case !f.has("lot_code") || f.text("lot_code") != "" || item.Tracking == resolve.TrackingNone, f.makesLots() && item.Generates(""):
			return nil
		case item.Tracking == resolve.TrackingSerial:
			return errs.Invalid(f.at, "SCAN_WITHOUT_LOT", "it has no serial number (21), by which item %q is tracked; scan the symbol that has it, or give it as lot_code", item.SKU)
		}
		return errs.Invalid(f.at, "SCAN_WITHOUT_LOT", "it has no lot number (10) of item %q; scan the symbol that has it, or give it as lot_code", item.SKU)
	}
	if f.text("supplier_lot_code") == lot && (f.text("lot_code") != "" || item.Generates("")) {
		return nil // the supplier's label, of a lot that has a code of its own here
	}
	return f.say("lot_code", lot)
}

// fillQuantity compares quantities by what they are in the base unit. One that cannot be
// converted is for the service to refuse.
func (f *scanned) fillQuantity(meant resolve.GTIN) error {
	value, unit, ok := f.code.Quantity(meant.Item, meant.Unit)
	if !ok {
		return nil
	}
	return f.sayAmount("quantity", &pb.Quantity{Value: value, Unit: unit}, func(q *pb.Quantity) (qty.Decimal, error) {
		base, _, err := meant.Item.Quantity("", q.GetValue(), q.GetUnit())
		return base, err
	})
}

// fillWeight fills the weight of a quantity. What has none of the kind, such as a reading
// of a count, is not of what was scanned alone.
func (f *scanned) fillWeight(item *resolve.Item) error {
	value, unit, ok := f.code.Weight(item)
	if !ok || !f.has("quantity") {
		return nil
	}
	return f.sayAmount("weight", &pb.Quantity{Value: value, Unit: unit}, func(q *pb.Quantity) (qty.Decimal, error) {
		return item.Weight("", pbtype.Given(q))
	})
}

// sayAmount fills a field, if there is one. One that is given has to be the same when both
// are converted.
func (f *scanned) sayAmount(name string, said *pb.Quantity, convert func(*pb.Quantity) (qty.Decimal, error)) error {
	field := f.message.Descriptor().Fields().ByName(protoreflect.Name(name))
	if field == nil || field.Message() == nil || field.Message().FullName() != quantityName {
		return nil
	}
	if !f.message.Has(field) {
		f.message.Set(field, protoreflect.ValueOfMessage(said.ProtoReflect()))
		return nil
	}
	given, ok := f.message.Get(field).Message().Interface().(*pb.Quantity)
	if !ok {
		return nil
	}
	is, err := convert(given)
	if err != nil {
		return nil //nolint:nilerr // the service says it, with the path
	}
	if want, err := convert(said); err == nil && is.Cmp(want) == 0 {
		return nil
	}
	return f.refuseDiffering(name, given.GetValue()+" "+given.GetUnit(), said.GetValue()+" "+said.GetUnit())
}

var quantityName = proto.MessageName(&pb.Quantity{})

// makesLots tells messages that bring lots into being: they have a production date and a
// quantity of it.
func (f *scanned) makesLots() bool { return f.has("production_date") && f.has("quantity") }

func (f *scanned) has(name protoreflect.Name) bool {
	return f.message.Descriptor().Fields().ByName(name) != nil
}

// text is the value of a text field; "" if there is no such field.
func (f *scanned) text(name protoreflect.Name) string {
	field := f.message.Descriptor().Fields().ByName(name)
	if !isText(field) {
		return ""
	}
	return f.message.Get(field).String()
}

// say fills a text field, if there is one and the scan says something of it.
func (f *scanned) say(name, value string) error {
	field := f.message.Descriptor().Fields().ByName(protoreflect.Name(name))
	if value == "" || !isText(field) {
		return nil
	}
	if given := f.message.Get(field).String(); given != "" && given != value {
		return f.refuseDiffering(name, given, value)
	}
	f.message.Set(field, protoreflect.ValueOfString(value))
	return nil
}

func (f *scanned) refuseDiffering(field, given, said string) error {
	return errs.Invalid(f.path+field, "SCAN_DIFFERS", "is %.130q, but what was scanned says %.130q; check what is in hand, and give one of them, or both the same", given, said)
}

// refuseNameless refuses a scan that names no item, where none is named beside it.
func (f *scanned) refuseNameless() error {
	if sscc := f.code.SSCC(); sscc != "" {
		return errs.Invalid(f.at, "SCAN_WITHOUT_ITEM", "it has the SSCC %s of a logistic unit and nothing of what is in it; scan the symbol that has the GTIN (01 or 02) and the lot (10)", sscc)
	}
	return errs.Invalid(f.at, "SCAN_WITHOUT_ITEM", "it has no GTIN (01 or 02); scan the symbol that has it, or give the sku beside the scan")
}
