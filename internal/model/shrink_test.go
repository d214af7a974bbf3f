package model_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// compareShrink holds what the service sums up as found, missed and scrapped against
// the model's movements, by lot and by location.
func (p plant) compareShrink(ctx context.Context, w world) error {
	for _, item := range []string{bought[0], made[0]} {
		for _, by := range []pb.ShrinkGroupBy{pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOT, pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOCATION} {
			resp, err := p.api.Lots.ListShrink(ctx, &pb.ListShrinkRequest{GroupBy: by, Sku: p.sku(item)})
			if err != nil {
				return err
			}
			var got []string
			for _, r := range resp.Rows {
				got = append(got, fmt.Sprintf("%s%s %s: %s found, %s missed, %s scrapped in %d", r.LotCode, r.LocationCode, strings.TrimPrefix(r.ReasonCode.String(), "ADJUSTMENT_REASON_"),
					r.Found.Value, r.Missed.Value, r.Scrapped.Value, r.MovementCount))
			}
			slices.Sort(got)
			if want := w.shrink(item[:1], by == pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOT); !slices.Equal(got, want) {
				return fmt.Errorf("shrink %q, want %q", got, want)
			}
		}
	}
	return nil
}

func (w *world) shrink(item string, byLot bool) []string {
	type sums struct{ found, missed, scrapped, movements int }
	all := map[string]*sums{}
	for _, m := range w.standing() {
		if m.Reason == "" || m.Lot[:1] != item {
			continue
		}
		key := m.From + m.To + " " + m.Reason
		if byLot {
			key = m.Lot + " " + m.Reason
		}
		if all[key] == nil {
			all[key] = &sums{}
		}
		s := all[key]
		s.movements++
		switch {
		case m.Kind == scrap:
			s.scrapped += m.Quantity
		case m.To == "":
			s.missed += m.Quantity
		default:
			s.found += m.Quantity
		}
	}
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		s := all[key]
		texts = append(texts, fmt.Sprintf("%s: %d found, %d missed, %d scrapped in %d", key, s.found, s.missed, s.scrapped, s.movements))
	}
	slices.Sort(texts)
	return texts
}
