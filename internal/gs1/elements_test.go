package gs1_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/gs1"
)

func TestAccessors(t *testing.T) {
	t.Parallel()
	all := el("00", "095212345678901235", "02", "99521234543216", "37", "00000012", "10", "L", "21", "S", "30", "000")
	for _, c := range []struct{ what, got, want string }{
		{"SSCC", all.SSCC(), "095212345678901235"},
		{"GTIN", all.GTIN(), ""},
		{"ContentGTIN", all.ContentGTIN(), "99521234543216"},
		{"Count", all.Count(), "12"},
		{"VariableCount", all.VariableCount(), "0"},
		{"Lot", all.Lot(), "L"},
		{"Serial", all.Serial(), "S"},
		{"GTIN of another", lot.GTIN(), "09521234543213"},
		{"Count of another", lot.Count(), ""},
		{"Title", gs1.Title("3103"), "NET WEIGHT (kg)"},
		{"Title of none", gs1.Title("89"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s = %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ai, value, today, want string }{
		{gs1.ExpirationDate, "261231", "2026-11-22", "2026-12-31"},
		{gs1.ProductionDate, "260101", "2026-11-22", "2026-01-01"},
		{gs1.BestBeforeDate, "260200", "2026-11-22", "2026-02-28"}, // the day left open
		{gs1.BestBeforeDate, "280200", "2026-11-22", "2028-02-29"},
		{gs1.SellByDate, "261200", "2026-11-22", "2026-12-31"},
		{gs1.DueDate, "280229", "2026-11-22", "2028-02-29"},
		{"7006", "260304", "2026-11-22", "2026-03-04"},

		// 50 years after today at most, 49 before
		{gs1.PackagingDate, "760101", "2026-11-22", "2076-01-01"},
		{gs1.PackagingDate, "770101", "2026-11-22", "1977-01-01"},
		{gs1.PackagingDate, "990101", "2026-11-22", "1999-01-01"},
		{gs1.PackagingDate, "000101", "2026-11-22", "2000-01-01"},
		{gs1.PackagingDate, "000101", "2050-01-01", "2100-01-01"},
		{gs1.PackagingDate, "000101", "2051-01-01", "2100-01-01"},
		{gs1.PackagingDate, "010101", "2050-01-01", "2001-01-01"},
		{gs1.PackagingDate, "010101", "2051-01-01", "2101-01-01"},
		{gs1.PackagingDate, "500101", "2099-12-31", "2050-01-01"},
		{gs1.PackagingDate, "490101", "2099-12-31", "2149-01-01"},
		{gs1.PackagingDate, "000229", "2049-01-01", "2000-02-29"},
		{gs1.PackagingDate, "000229", "2070-01-01", ""}, // 2100 has none

		{gs1.ExpirationDate, "260231", "2026-11-22", ""}, // made by hand, not read
		{gs1.ExpirationDate, "", "2026-11-22", ""},
		{"7003", "2612310800", "2026-11-22", ""}, // not a date alone
		{"10", "261231", "2026-11-22", ""},
		{"89", "261231", "2026-11-22", ""},
	} {
		today, err := time.Parse(time.DateOnly, c.today)
		if err != nil {
			t.Fatal(err)
		}
		day, ok := el("01", "09521234543213", c.ai, c.value).Date(c.ai, today)
		got := ""
		if ok {
			got = day.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("(%s)%s on %s = %q, want %q", c.ai, c.value, c.today, got, c.want)
		}
		if ok && c.value[4:] != "00" && gs1.DateValue(day) != c.value {
			t.Errorf("DateValue(%s) = %q", got, gs1.DateValue(day))
		}
	}
	if _, ok := lot.Date(gs1.ExpirationDate, time.Now()); ok {
		t.Error("a date of no element")
	}
}

func TestMeasures(t *testing.T) {
	t.Parallel()
	got := el(
		"01", "99521234543216", "3103", "000195", "3100", "000195", "3205", "123456", "3302", "000000",
		"3115", "100000", "3371", "000015", "3570", "000016", "3922", "0299", "30", "5",
		"3106", "000195", "3103", "X", "369", "000195", "3102", "",
	).Measures()
	want := []gs1.Measure{
		{AI: "3103", Quantity: "0.195", Unit: "KGM"},
		{AI: "3100", Quantity: "195", Unit: "KGM"},
		{AI: "3205", Quantity: "1.23456", Unit: "LBR"},
		{AI: "3302", Quantity: "0.00", Unit: "KGM"},
		{AI: "3115", Quantity: "1.00000", Unit: "MTR"},
		{AI: "3371", Quantity: "1.5", Unit: "28"},
		{AI: "3570", Quantity: "16", Unit: ""},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Every measure has a unit, but ounces that may be of weight or of volume.
func TestEveryMeasureHasAUnit(t *testing.T) {
	t.Parallel()
	families := make(map[string]bool)
	for ai := range gs1.Table() {
		if len(ai) != 4 || ai < "3100" || ai > "3699" {
			continue
		}
		families[ai[:3]] = true
		measures := el(ai, "000001").Measures()
		if len(measures) != 1 || (measures[0].Unit == "") != (ai[:3] == "357") {
			t.Errorf("%s: %v", ai, measures)
		}
	}
	if len(families) != 53 {
		t.Errorf("%d families of measures", len(families))
	}
}

// A key begins with a company prefix of four digits at least, in a GTIN or SSCC
// after its first digit.
func TestCompanyPrefix(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, text, want string }{
		{"company", "0952", ""},
		{"company", "0952AB", ""},
		{"company", "095", gs1.ReasonCompanyPrefix},
		{"company", "09A2", gs1.ReasonCompanyPrefix},
		{"company2", "A0952", ""},
		{"company2", "095A2", gs1.ReasonCompanyPrefix},
	} {
		if reason, _ := gs1.CheckRule(c.rule, c.text); reason != c.want {
			t.Errorf("%s(%q) = %q, want %q", c.rule, c.text, reason, c.want)
		}
	}
}

// These come from GS1's syntax, and its vectors do not try them.
func TestRulesBeyondTheVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule, text, reason string
		at                 int
	}{
		{"latitude", "1800000001", gs1.ReasonValue, 0},
		{"latitude", "180000000", gs1.ReasonLength, 9},
		{"longitude", "3600000000", "", 0},
		{"longitude", "3600000001", gs1.ReasonValue, 0},
		{"position", "3/2", gs1.ReasonValue, 0},
		{"position", "10/9", gs1.ReasonValue, 0},
		{"position", "2/", gs1.ReasonValue, 0},
		{"hour", "24", gs1.ReasonTime, 0},
		{"clock", "2400", gs1.ReasonTime, 0},
		{"clock", "2359", "", 0},
		{"medium", "90", "", 0},
		{"medium", "00", gs1.ReasonCode, 0},
		{"medium", "0A", gs1.ReasonCode, 0},
		{"coupon", "01234561234561111012339", gs1.ReasonLength, 22},
		{"coupon", "012345612345611110123903", gs1.ReasonValue, 23},
		{"yesno", "0", "", 0},
		{"yesno", "1", "", 0},
		{"iban", "XK051212012345678906", "", 0},
		{"iban", "DE9110000000012345678a", gs1.ReasonCharacter, 21},
		{"z", "12=", "", 0},
		{"z", "123===", gs1.ReasonCharacter, 3},
		{"coupon", "01234561234561111012390092", gs1.ReasonValue, 25},
		{"coupon", "01234561234561111012390091", "", 0},
		{"coupon", "01234561234561111012335006064500607", gs1.ReasonDate, 29},
		{"coupon", "01234561234561111012335006064500606", "", 0},
	} {
		if reason, at := gs1.CheckRule(c.rule, c.text); reason != c.reason || at != c.at {
			t.Errorf("%s(%q) = %q at %d, want %q at %d", c.rule, c.text, reason, at, c.reason, c.at)
		}
	}
}

// The lists are whole: as many codes as there are, among them the first and the last.
func TestCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule        string
		codes       int
		first, last string
	}{
		{"country", 249, "004", "894"},
		{"country2", 249, "AD", "ZW"},
		{"currency", 182, "008", "999"},
		{"package", 431, "1A", "ZZ"},
	} {
		if n := gs1.Codes(c.rule); n != c.codes {
			t.Errorf("%d codes for %s, want %d", n, c.rule, c.codes)
		}
		for _, code := range []string{c.first, c.last} {
			if reason, _ := gs1.CheckRule(c.rule, code); reason != "" {
				t.Errorf("%s(%q) = %q", c.rule, code, reason)
			}
		}
		if reason, _ := gs1.CheckRule(c.rule, "000"); reason != gs1.ReasonCode {
			t.Errorf("%s(000) = %q", c.rule, reason)
		}
	}
}

func TestPercentEncoding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, path, query string }{
		{"A-b_9.~", "A-b_9.~", "A-b_9.~"},
		{"A/B+C", "A%2FB%2BC", "A%2FB%2BC"},
		{"A B", "A%20B", "A+B"},
		{"\xff", "%FF", "%FF"},
	} {
		if path, query := gs1.EncodePath(c.value), gs1.EncodeQuery(c.value); path != c.path || query != c.query {
			t.Errorf("%q is encoded as %q and %q", c.value, path, query)
		}
		if path, query := gs1.DecodePath(c.path), gs1.DecodeQuery(c.query); path != c.value || query != c.value {
			t.Errorf("%q and %q are decoded as %q and %q", c.path, c.query, path, query)
		}
	}
	if got := gs1.DecodePath("A+%2b%zz%4"); got != "A++%zz%4" {
		t.Errorf("decoded as %q", got)
	}
}
