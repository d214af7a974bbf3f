package packet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/wording"
)

// sumUp is what a customer got in all, an item each, by what the items are called.
func sumUp(shipments []*pb.RecallShipment, name func(sku string) string) ([]string, error) {
	type item struct{ sku, unit string }
	sums := map[item]qty.Decimal{}
	for _, s := range shipments {
		quantity, err := qty.Parse(s.GetQuantity().GetValue())
		if err != nil {
			return nil, fmt.Errorf("packet: shipment %s, line %d: %w", s.GetShipmentCode(), s.GetLineNumber(), err)
		}
		key := item{s.GetLot().GetSku(), s.GetQuantity().GetUnit()}
		sums[key] = sums[key].Add(quantity)
	}
	items := slices.SortedFunc(maps.Keys(sums), func(a, b item) int {
		return cmp.Or(cmp.Compare(name(a.sku), name(b.sku)), cmp.Compare(a.sku, b.sku), cmp.Compare(a.unit, b.unit))
	})
	var texts []string
	for _, i := range items {
		texts = append(texts, wording.Amount(&pb.Quantity{Value: sums[i].String(), Unit: i.unit})+" "+name(i.sku))
	}
	return texts, nil
}
