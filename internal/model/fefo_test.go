package model_test

import (
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// fefoTheme is first expired, first out: enforced for what is received, told of what is
// put out.
var fefoTheme = theme{
	kinds: []kind{receive, receive, move, move, consume, consume, consume, output, ship, ship, ship, ship, redate, redate, hold, release, adjust, reverse, propose, propose, propose},
	alone: plenty,
	fefo:  bought[0][:1],
	item: func(item *pb.Item) {
		item.ExpiryTracked, item.Fefo = true, item.Name == bought[0]
	},
	amend: func(t *rapid.T, op *operation) {
		switch op.Kind {
		case receive, output:
			for i, l := range op.Lines {
				// More of a lot is of its date, unless that was changed.
				op.Lines[i].Date = fmt.Sprintf("2998-01-0%s", l.Lot[1:])
			}
		case redate:
			op.Number = rapid.SampledFrom([]int{1, 2, 3, 4, 5}).Draw(t, "date")
		case consume, ship:
			op.Reason = rapid.SampledFrom([]string{"", "", "asked for"}).Draw(t, "reason")
		}
	},
}

// readRotation is what was recorded of the lines that a round took.
func (p plant) readRotation(ctx context.Context, w world, round []played) ([]string, error) {
	var told []string
	runs := map[int]int{} // what was consumed before
	for _, m := range w.movements {
		if m.Kind == consume {
			runs[m.Run]++
		}
	}
	asked := map[string]bool{}
	for _, o := range round {
		if _, done := w.done[o.op.Request]; done || o.outcome != "ok" {
			continue
		}
		switch o.op.Kind {
		case consume:
			if asked[p.run(o.op.Run)] {
				continue
			}
			asked[p.run(o.op.Run)] = true
			resp, err := p.api.Production.ListConsumptions(ctx, &pb.ListConsumptionsRequest{ProductionOrderCode: p.order(), RunCode: p.run(o.op.Run), PageSize: 1000})
			if err != nil {
				return nil, err
			}
			for _, c := range resp.Consumptions[runs[o.op.Run]:] {
				told = append(told, toRotation(c.Lot.LotCode, c.LocationCode, c.Quantity.Value, c.Rotation))
			}
		case ship:
			resp, err := p.api.Dispatch.GetManifest(ctx, &pb.GetManifestRequest{ShipmentCode: p.name + o.op.Document})
			if err != nil {
				return nil, err
			}
			for _, l := range resp.Manifest.Lines {
				told = append(told, toRotation(l.Lot.LotCode, l.LocationCode, l.Quantity.Value, l.Rotation))
			}
		}
	}
	return told, nil
}

// toRotation words what was recorded of a line as the model does.
func toRotation(lot, at, quantity string, r *pb.Rotation) string {
	var earlier []string
	for _, e := range r.GetEarlier() {
		earlier = append(earlier, fmt.Sprintf("%s until %s: %s at %s", e.Lot.LotCode, e.LastDay, e.Quantity.Value, e.LocationCode))
	}
	slices.Sort(earlier)
	return rotationOf(lot, at, quantity, r.GetInRotation(), r.GetReason(), earlier)
}
