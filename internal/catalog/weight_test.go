package catalog

import (
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
)

func TestCheckWeight(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		item   item
		reason string
	}{
		"not weighed":                {item: item{Tracking: "none", BaseUnit: "KGM"}},
		"in kilograms":               {item: item{Tracking: "lot", BaseUnit: "CASE", WeightUnit: "KGM", WeightDecimals: 2}},
		"pieces in pounds":           {item: item{Tracking: "serial", BaseUnit: "H87", WeightUnit: "LBR", Units: []unit{{"CASE", ratio("4")}}}},
		"in no unit of mass":         {item: item{Tracking: "lot", BaseUnit: "CASE", WeightUnit: "LTR"}, reason: "UNKNOWN_WEIGHT_UNIT"},
		"decimals of nothing":        {item: item{Tracking: "lot", BaseUnit: "CASE", WeightDecimals: 2}, reason: "WEIGHT_UNIT_REQUIRED"},
		"not tracked":                {item: item{Tracking: "none", BaseUnit: "CASE", WeightUnit: "KGM"}, reason: "WEIGHT_NOT_ALLOWED"},
		"counted in a unit of mass":  {item: item{Tracking: "lot", BaseUnit: "KGM", WeightUnit: "KGM"}, reason: "WEIGHT_NOT_ALLOWED"},
		"has a unit of mass besides": {item: item{Tracking: "lot", BaseUnit: "CASE", WeightUnit: "KGM", Units: []unit{{"GRM", ratio("1")}}}, reason: "WEIGHT_NOT_ALLOWED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.item.Field, c.item.SKU = "item", "A"
			want(t, checkWeight(c.item), errs.KindInvalidArgument, c.reason, "item.weight_unit")
		})
	}
}

func TestWeightInUse(t *testing.T) {
	t.Parallel()
	was := storedItem{BaseUnit: "CASE", Tracking: "lot", WeightUnit: "KGM", WeightDecimals: 2}
	for name, c := range map[string]struct {
		unit     string
		decimals int32
		used     usage
		field    string // "" for none
	}{
		"the same":                 {"KGM", 2, usage{Lots: true, Orders: true}, ""},
		"finer":                    {"KGM", 3, usage{Lots: true}, ""},
		"coarser":                  {"KGM", 1, usage{Lots: true}, "item.weight_decimals"},
		"another":                  {"LBR", 2, usage{Lots: true}, "item.weight_unit"},
		"no longer weighed":        {"", 0, usage{Lots: true}, "item.weight_unit"},
		"no longer weighed, empty": {"", 0, usage{Orders: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reason := ""
			if c.field != "" {
				reason = "ITEM_IN_USE"
			}
			now := item{Field: "item", BaseUnit: "CASE", Tracking: "lot", WeightUnit: c.unit, WeightDecimals: c.decimals}
			want(t, checkInUse(was, now, c.used), errs.KindFailedPrecondition, reason, c.field)
		})
	}
}
