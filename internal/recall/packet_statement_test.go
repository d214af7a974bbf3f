package recall

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

func TestStatements(t *testing.T) {
	t.Parallel()
	readAt := timestamppb.New(time.Date(2026, 3, 25, 17, 2, 3, 450_000_000, time.UTC))
	for want, s := range map[string]*lottrailv1.RecallStatement{
		"Complete as a preview, for the case holds nothing: 1 lot, 0 of them on hand, 0 runs, nothing had gone to customers; read at 2026-03-25T17:02:03.45Z, when the log was empty and 1 operation recorded beyond it.": {
			Scope: &lottrailv1.RecallScope{LotCount: 1}, LogPosition: &lottrailv1.LogPosition{UnloggedCount: 1},
		},
		"Complete: 12,000 lots, 1,500 of them on hand (1,400 held by the case, 2 undecided), 1 run (1 in process), 1 shipment line to 1 customer; read at 2026-03-25T17:02:03.45Z, with the log at 99.": {
			Scope: &lottrailv1.RecallScope{
				Fixed: true, LotCount: 12000, LotOnHandCount: 1500, LotHeldCount: 1400, LotUndecidedCount: 2, RunCount: 1, OpenRunCount: 1, ShipmentCount: 1, CustomerCount: 1,
			},
			LogPosition: &lottrailv1.LogPosition{LogIndex: 99},
		},
		"Complete: 2 lots, 2 of them on hand (2 held by the case, 0 undecided), 3 runs, 20 shipment lines to 4 customers; read at 2026-03-25T17:02:03.45Z, with the log at 7 and 3 operations recorded beyond it.": {
			Scope:       &lottrailv1.RecallScope{Fixed: true, LotCount: 2, LotOnHandCount: 2, LotHeldCount: 2, RunCount: 3, ShipmentCount: 20, CustomerCount: 4},
			LogPosition: &lottrailv1.LogPosition{LogIndex: 7, UnloggedCount: 3},
		},
	} {
		s.ReadAt = readAt
		if got := toStatement(s); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}
