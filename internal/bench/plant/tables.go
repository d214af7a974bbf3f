package plant

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// table is one table's rows, made one at a time.
type table struct {
	name    string
	columns []string
	rows    int
	row     func(i int) []any
}

// writer makes the rows of a plant.
type writer struct {
	*Plant
	ids *IDs
	log []logged
}

// tables are in an order in which each refers to those before it.
func (w *writer) tables() []table {
	return []table{
		w.items(), w.parties(), w.locations(), w.within(),
		w.purchaseOrders(), w.purchaseOrderLines(), w.receiptTable(), w.receiptLines(), w.receiptVariances(),
		w.productionOrders(), w.runTable(),
		w.salesOrders(), w.salesOrderLines(), w.shipmentTable(), w.shipmentLines(),
		w.operations(), w.requests(), w.lots(), w.movements(), w.balances(), w.logTable(),
		w.revisions(),
	}
}

func (w *writer) items() table {
	return table{"item", []string{"tenant_id", "item_id", "sku", "name", "category", "base_unit", "decimals", "tracking", "expiry_tracked", "shelf_life_days", "fefo", "warning_days", "revision"},
		Levels * Items, func(i int) []any {
			it := w.item(i)
			return []any{tenantID, w.ids.Item + int64(i), it.Sku, it.Name, "", it.BaseUnit, int16(it.Decimals), "lot", true, it.ShelfLifeDays, false, 0, 1}
		}}
}

func (w *writer) item(i int) *lottrailv1.Item {
	code := sku(i/Items, i%Items)
	return &lottrailv1.Item{
		Sku: code, Name: "Item " + code, BaseUnit: Unit, Decimals: 3, Tracking: lottrailv1.Tracking_TRACKING_LOT,
		ExpiryTracked: true, ShelfLifeDays: shelfLife,
	}
}

// shelfLife is so long that nothing of the plant expires while it is measured.
const shelfLife = 3650

// lastDay is that of every lot: what is consumed and shipped is in rotation, whichever
// lot is taken.
var lastDay = Began.AddDate(0, 0, shelfLife)

func (w *writer) party(i int) *lottrailv1.Party {
	switch {
	case i < customers:
		return &lottrailv1.Party{Code: supplierCode(i), Name: fmt.Sprintf("Supplier number %d", i), Kinds: []lottrailv1.PartyKind{lottrailv1.PartyKind_PARTY_KIND_SUPPLIER}}
	case i < carrier:
		code := customerCode(i - customers)
		return &lottrailv1.Party{
			Code: code, Name: fmt.Sprintf("Customer number %d", i-customers), Kinds: []lottrailv1.PartyKind{lottrailv1.PartyKind_PARTY_KIND_CUSTOMER},
			Contacts: []*lottrailv1.Contact{{Name: "Quality", Role: "recall", Email: "recall@" + code + ".example", Phone: fmt.Sprintf("+49 30 5550%03d", i-customers)}},
			Address:  fmt.Sprintf("%d Market Street", i),
		}
	}
	return &lottrailv1.Party{Code: Carrier, Name: "The carrier", Kinds: []lottrailv1.PartyKind{lottrailv1.PartyKind_PARTY_KIND_CARRIER}}
}

func (w *writer) parties() table {
	return table{"party", []string{"tenant_id", "party_id", "code", "name", "kinds", "gln", "contacts", "address", "revision"},
		parties, func(i int) []any {
			p := w.party(i)
			kind := map[lottrailv1.PartyKind]string{
				lottrailv1.PartyKind_PARTY_KIND_SUPPLIER: "supplier", lottrailv1.PartyKind_PARTY_KIND_CUSTOMER: "customer", lottrailv1.PartyKind_PARTY_KIND_CARRIER: "carrier",
			}[p.Kinds[0]]
			contacts := []map[string]string{}
			for _, c := range p.Contacts {
				contacts = append(contacts, map[string]string{"name": c.Name, "role": c.Role, "email": c.Email, "phone": c.Phone})
			}
			return []any{tenantID, w.ids.Party + int64(i), p.Code, p.Name, []string{kind}, nil, contacts, p.Address, 1}
		}}
}

func (w *writer) location(i int) *lottrailv1.Location {
	switch i {
	case site:
		return &lottrailv1.Location{Code: Site, Name: "The plant", Kind: lottrailv1.LocationKind_LOCATION_KIND_SITE, TimeZone: "Europe/Berlin"}
	case dock:
		return &lottrailv1.Location{Code: Dock, Name: "The dock", ParentCode: Site, Kind: lottrailv1.LocationKind_LOCATION_KIND_DOCK}
	}
	return &lottrailv1.Location{Code: BinCode(i - bins), ParentCode: Site, Kind: lottrailv1.LocationKind_LOCATION_KIND_STORAGE}
}

func (w *writer) locations() table {
	return table{"location", []string{"tenant_id", "location_id", "code", "name", "parent_id", "kind", "gln", "time_zone", "revision"},
		locations, func(i int) []any {
			l := w.location(i)
			parent, zone, kind := any(w.ids.Location), any(nil), "storage"
			switch i {
			case site:
				parent, zone, kind = nil, l.TimeZone, "site"
			case dock:
				kind = "dock"
			}
			return []any{tenantID, w.ids.Location + int64(i), l.Code, l.Name, parent, kind, nil, zone, 1}
		}}
}

// within are what lies in what: everything in itself, and all but the site in the site.
func (w *writer) within() table {
	return table{"location_within", []string{"tenant_id", "outer_id", "code", "location_id"}, 2*locations - 1, func(i int) []any {
		inner := i % locations
		outer := inner
		if i >= locations {
			inner, outer = inner+1, site
		}
		return []any{tenantID, w.ids.Location + int64(outer), w.location(inner).Code, w.ids.Location + int64(inner)}
	}}
}

// content is a message as it is stored.
func content(m proto.Message) []byte {
	stored, err := protojson.Marshal(m)
	if err != nil {
		panic(err) // of a message that we made up ourselves
	}
	return stored
}

func amount(n int32) *lottrailv1.Quantity {
	return &lottrailv1.Quantity{Value: fmt.Sprint(n), Unit: Unit}
}

// revisions are what was pushed, each thing once.
func (w *writer) revisions() table {
	subjects := []struct {
		name    string
		id      int64
		n       int
		content func(int) proto.Message
	}{
		{"item", w.ids.Item, Levels * Items, func(i int) proto.Message { return w.item(i) }},
		{"party", w.ids.Party, parties, func(i int) proto.Message { return w.party(i) }},
		{"location", w.ids.Location, locations, func(i int) proto.Message { return w.location(i) }},
		{"purchase_order", w.ids.PurchaseOrder, w.receipts() + w.OpenOrders(), func(i int) proto.Message { return w.purchaseOrder(i) }},
		{"production_order", w.ids.ProductionOrder, len(w.Runs), func(i int) proto.Message { return w.productionOrder(i) }},
		{"sales_order", w.ids.SalesOrder, w.shipments() + w.OpenOrders(), func(i int) proto.Message { return w.salesOrder(i) }},
	}
	all := 0
	for _, s := range subjects {
		all += s.n
	}
	return table{"revision", []string{"tenant_id", "subject", "subject_id", "revision", "content", "principal", "recorded_at"},
		all, func(i int) []any {
			for _, s := range subjects {
				if i < s.n {
					return []any{tenantID, s.name, s.id + int64(i), 1, content(s.content(i)), principal, Began.Add(-time.Hour)}
				}
				i -= s.n
			}
			return nil
		}}
}
