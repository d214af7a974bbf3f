package draw

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

func TestWeigh(t *testing.T) {
	t.Parallel()
	// Of lot 1 there are 5 at the shelf that weigh 61.5, and 2 at the bin that weigh 25.
	line := func(i int, quantity, weight string, from int64) want {
		w := wantOf(i, resolve.TrackingLot, quantity, from, 1)
		w.item.WeightUnit = "KGM"
		if weight != "" {
			w.weight = qty.MustParse(weight)
		}
		return w
	}
	found := func(w want) want {
		w.found = true
		return w
	}
	for name, c := range map[string]struct {
		wants  []want
		want   []string
		reason string
	}{
		"as given":               {[]want{line(0, "3", "37.1", shelf)}, []string{"37.1"}, ""},
		"all as given":           {[]want{line(0, "5", "60", shelf)}, []string{"60"}, ""}, // the ledger judges it
		"all":                    {[]want{line(0, "5", "", shelf)}, []string{"61.5"}, ""},
		"part":                   {[]want{line(0, "4", "", shelf)}, nil, "WEIGHT_REQUIRED"},
		"more":                   {[]want{line(0, "6", "", shelf)}, nil, "WEIGHT_REQUIRED"},
		"the rest":               {[]want{line(0, "3", "37.1", shelf), line(1, "2", "", shelf)}, []string{"37.1", "24.4"}, ""},
		"after the rest":         {[]want{line(0, "5", "", shelf), line(1, "1", "", shelf)}, nil, "WEIGHT_REQUIRED"},
		"places are apart":       {[]want{line(0, "5", "", shelf), line(1, "2", "", bin)}, []string{"61.5", "25"}, ""},
		"no weight is left":      {[]want{line(0, "3", "61.5", shelf), line(1, "2", "", shelf)}, nil, "WEIGHT_REQUIRED"},
		"found":                  {[]want{found(line(0, "5", "60", shelf))}, []string{"60"}, ""},
		"found without a weight": {[]want{found(line(0, "5", "", shelf))}, nil, "WEIGHT_REQUIRED"},
		"weighed again":          {[]want{line(0, "5", "", shelf), found(line(1, "5", "60", shelf))}, []string{"61.5", "60"}, ""},
		"found first":            {[]want{found(line(0, "1", "12", shelf)), line(1, "5", "", shelf)}, []string{"12", "61.5"}, ""},
	} {
		locked := lots(map[int64]func(*ledger.LockedLot){1: func(lot *ledger.LockedLot) {
			lot.WeightUnit = "KGM"
			lot.Weights = map[int64]qty.Decimal{shelf: qty.MustParse("61.5"), bin: qty.MustParse("25")}
		}})
		takings, _ := allocate(c.wants, locked, ToMove)
		err := weigh(takings, c.wants, ToMove)
		if refused := (*errs.Error)(nil); errors.As(err, &refused) != (c.reason != "") || err != nil && refused.Reason != c.reason {
			t.Errorf("%s: %v, want %q", name, err, c.reason)
		}
		if err != nil {
			continue
		}
		var got []string
		for _, taking := range takings {
			got = append(got, fmt.Sprint(taking.Weight))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	plain := []want{wantOf(0, resolve.TrackingLot, "3", shelf, 1)}
	takings, _ := allocate(plain, lots(nil), ToMove)
	if err := weigh(takings, plain, ToMove); err != nil || !takings[0].Weight.IsZero() {
		t.Errorf("not weighed: %s, %v", takings[0].Weight, err)
	}
}
