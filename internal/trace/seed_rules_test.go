package trace

import (
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
)

func TestCheckAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sku, lotCode string
		seeds        int
		reason       string
	}{
		{"A", "1", 0, ""},
		{"", "", 1, ""},
		{"", "", 0, "SEED_REQUIRED"},
		{"A", "", 0, "SEED_REQUIRED"},
		{"", "1", 0, "SEED_REQUIRED"},
		{"A", "1", 1, "SEED_TWICE"},
		{"A", "", 1, "SEED_TWICE"},
		{"", "1", 1, "SEED_TWICE"},
	} {
		if got := errs.Reason(checkAsked(c.sku, c.lotCode, c.seeds)); got != c.reason {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
