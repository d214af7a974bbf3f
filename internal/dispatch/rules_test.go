package dispatch

import (
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

type shipped struct {
	number int32
	sku    string
}

func (s shipped) GetSalesOrderLineNumber() int32 { return s.number }
func (s shipped) GetSku() string                 { return s.sku }

func TestCheckLines(t *testing.T) {
	t.Parallel()
	items := orderLineItems{1: "BREAD", 2: "CAKE"}
	for name, c := range map[string]struct {
		order         string
		lines         []shipped
		kind          errs.Kind
		reason, field string
	}{
		"the line's item":        {"SO", []shipped{{1, "BREAD"}, {2, "CAKE"}, {1, "BREAD"}}, 0, "", ""},
		"not ordered":            {"SO", []shipped{{0, "SALT"}}, 0, "", ""},
		"no order":               {"", []shipped{{0, "SALT"}}, 0, "", ""},
		"another item":           {"SO", []shipped{{1, "BREAD"}, {2, "BREAD"}}, errs.KindInvalidArgument, "ITEM_DIFFERS", "lines[1].sku"},
		"no such line":           {"SO", []shipped{{3, "BREAD"}}, errs.KindNotFound, "UNKNOWN_ORDER_LINE", "lines[0].sales_order_line_number"},
		"a line, but of nothing": {"", []shipped{{0, "SALT"}, {1, "BREAD"}}, errs.KindInvalidArgument, "ORDER_REQUIRED", "lines[1].sales_order_line_number"},
	} {
		err := checkLines(c.lines, c.order, items)
		if c.reason == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Kind != c.kind || refusal.Reason != c.reason || refusal.Violations[0].Path != c.field {
			t.Errorf("%s: %v, want %s at %s", name, err, c.reason, c.field)
		}
	}
}

// A day is past when it is over in Hawaii and beyond; in New Zealand the next
// has begun long before.
func TestCheckDelivery(t *testing.T) {
	t.Parallel()
	left := time.Date(2026, 3, 25, 11, 59, 0, 0, time.UTC)
	for day, allowed := range map[int]bool{23: false, 24: true, 25: true, 26: true} {
		delivery := time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC)
		if err := checkDelivery(left, &delivery); (err == nil) != allowed {
			t.Errorf("day %d: %v", day, err)
		}
	}
	at := time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)
	if err := checkDelivery(left.Add(time.Minute), &at); errs.Reason(err) != "DATES_REVERSED" {
		t.Errorf("a minute later: %v", err)
	}
	if err := checkDelivery(left, nil); err != nil {
		t.Error(err)
	}
}
