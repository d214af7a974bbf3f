package trace_test

import (
	"reflect"
	"testing"

	"github.com/lottrail/lottrail/internal/trace"
)

func TestStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		changes []trace.StayChange
		want    []trace.Stay
	}{
		"nothing":         {nil, nil},
		"there and back":  {[]trace.StayChange{{"A", "5", 1}, {"A", "-5", 2}, {"B", "5", 2}, {"B", "-5", 3}, {"A", "5", 3}}, []trace.Stay{{"A", 1, 2, "5", false}, {"B", 2, 3, "5", false}, {"A", 3, 3, "5", true}}},
		"bit by bit":      {[]trace.StayChange{{"A", "5", 1}, {"A", "2.5", 2}, {"A", "-7", 3}, {"A", "-0.5", 4}}, []trace.Stay{{"A", 1, 4, "7.5", false}}},
		"recorded late":   {[]trace.StayChange{{"A", "5", 4}, {"A", "1", 2}, {"A", "-5", 9}, {"A", "-1", 6}}, []trace.Stay{{"A", 2, 9, "6", false}}},
		"what is left":    {[]trace.StayChange{{"B", "5", 1}, {"A", "5", 2}, {"B", "-4", 3}}, []trace.Stay{{"A", 2, 2, "5", true}, {"B", 1, 3, "5", true}}},
		"gone before":     {[]trace.StayChange{{"A", "5", 4}, {"A", "-5", 3}}, []trace.Stay{{"A", 4, 4, "5", false}}},
		"a taking undone": {[]trace.StayChange{{"A", "5", 1}, {"A", "-5", 2}, {"A", "5", 3}, {"A", "-5", 4}}, []trace.Stay{{"A", 1, 2, "5", false}, {"A", 3, 4, "5", false}}},
	} {
		if got := trace.Stays(c.changes); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
