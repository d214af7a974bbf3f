package trace

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
)

// Every figure is told under its own name, in the unit that it is in.
func TestAttributionsAreTold(t *testing.T) {
	t.Parallel()
	whole := func(n int) qty.Decimal { return qty.MustParse(fmt.Sprint(n)) }
	figure := func(n int) attribution.Figure {
		return attribution.Figure{Value: whole(n), Least: whole(n - 1), Most: whole(n + 1)}
	}
	told := func(n int) *lottrailv1.TraceFigure {
		return &lottrailv1.TraceFigure{Quantity: pbtype.Quantity(whole(n), "KGM"), Least: fmt.Sprint(n - 1), Most: fmt.Sprint(n + 1)}
	}
	const forth, back = lottrailv1.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD, lottrailv1.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_BACKWARD
	same := func(what string, got, want proto.Message) {
		t.Helper()
		if !proto.Equal(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", what, protojson.Format(got), protojson.Format(want))
		}
	}
	same("a lot", toLotAttribution(&lineage.LotAttribution{
		Lot: attribution.Lot{
			Through: figure(10), OnHand: figure(20), Consumed: figure(30), Scrapped: figure(40), Adjusted: figure(50), Found: figure(60), Quantity: whole(70), Assumed: true,
		},
		LotRef: 5, Direction: lineage.Backward, Unit: "KGM", BaseUnit: "H87", Stocks: []lineage.StockAttribution{{LocationCode: "A", Figure: figure(80)}},
	}), &lottrailv1.TraceLotAttribution{
		LotRef: 5, Direction: back, Through: told(10), OnHand: told(20), Consumed: told(30), Scrapped: told(40), Adjusted: told(50), Found: told(60),
		LotQuantity: pbtype.Quantity(whole(70), "H87"), Assumed: true, Stocks: []*lottrailv1.TraceStockAttribution{{LocationCode: "A", Figure: told(80)}},
	})
	part := &lottrailv1.TracePart{}
	run := lineage.RunAttribution{Run: attribution.Run{Through: figure(10), Kept: figure(20), Basis: attribution.Evenly, Assumed: true}, RunRef: 3, Unit: "KGM", Direction: lineage.Forward}
	open, backward := run, run
	open.Open, backward.Open, backward.Direction = true, true, lineage.Backward
	toAttributions(&lineage.Part{
		RunAttributions: []lineage.RunAttribution{run, open, backward},
		ShipmentAttributions: []lineage.ShipmentAttribution{{
			Line: attribution.Line{Figure: figure(10), Gone: whole(12), Returned: whole(2)}, LotRef: 4, ShipmentCode: "S", CustomerCode: "C", Unit: "KGM", Assumed: true,
		}},
	}, part)
	const evenly = lottrailv1.TraceDivision_TRACE_DIVISION_EVENLY
	same("runs and shipments", part, &lottrailv1.TracePart{
		RunAttributions: []*lottrailv1.TraceRunAttribution{
			{RunRef: 3, Direction: forth, Through: told(10), Lost: told(20), Division: evenly, Assumed: true},
			{RunRef: 3, Direction: forth, Through: told(10), InProcess: told(20), Division: evenly, Assumed: true},
			{RunRef: 3, Direction: back, Through: told(10), Lost: told(20), Division: evenly, Assumed: true},
		},
		ShipmentAttributions: []*lottrailv1.TraceShipmentAttribution{{
			LotRef: 4, ShipmentCode: "S", CustomerCode: "C", Figure: told(10), Shipped: pbtype.Quantity(whole(12), "KGM"), Returned: pbtype.Quantity(whole(2), "KGM"), Assumed: true,
		}},
	})
	same("totals", toTotals(&lineage.AttributionTotals{
		Totals: attribution.Totals{
			Seeded: whole(100), OnHand: whole(1), InProcess: whole(2), Shipped: whole(3), Returned: whole(4), Scrapped: whole(5), Adjusted: whole(6), Lost: whole(7),
			Beyond: whole(8), Back: whole(9), Received: whole(10), Found: whole(11), Unexplained: whole(12), Assumed: true,
		},
		Direction: lineage.Forward, Unit: "KGM",
	}), &lottrailv1.TraceAttributionTotals{
		Direction: forth, Unit: "KGM", CameIn: "100", OnHand: "1", InProcess: "2", Shipped: "3", Returned: "4", Scrapped: "5", Adjusted: "6", Lost: "7",
		Beyond: "8", Back: "9", Received: "10", Found: "11", Unexplained: "12", Assumed: true, Unsettled: true,
	})
	same("a refusal", toTotals(&lineage.AttributionTotals{Direction: lineage.Backward, Unit: "KGM", Refusal: "too much"}),
		&lottrailv1.TraceAttributionTotals{Direction: back, Unit: "KGM", Refusal: "too much"})
}
