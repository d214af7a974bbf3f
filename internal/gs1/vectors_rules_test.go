package gs1_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
)

// vectors reads a JSON file of GS1's.
func vectors[T any](t *testing.T, path ...string) []T {
	t.Helper()
	var all []T
	if err := json.Unmarshal(official(t, path...), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("%v has no vectors", path)
	}
	return all
}

// reasonsOf tells which of our reasons GS1's error may have, by what its name
// contains; the first that fits counts.
var reasonsOf = []struct {
	part    string
	reasons []string
}{
	{"COUPON_INVALID_EXIPIRATION_DATE", []string{gs1.ReasonDate}}, // sic
	{"COUPON_INVALID_START_DATE", []string{gs1.ReasonDate}},
	{"COUPON_EXPIRATION_BEFORE_START", []string{gs1.ReasonDate}},
	{"COUPON_INVALID", []string{gs1.ReasonValue}},
	{"COUPON_", []string{gs1.ReasonLength}}, // missing, truncated, too short, excess
	{"CHECK_DIGIT", []string{gs1.ReasonCheckDigit, gs1.ReasonLength}},
	{"CHECK_PAIR", []string{gs1.ReasonCheckDigit, gs1.ReasonLength}},
	{"IBAN_CHECKSUM", []string{gs1.ReasonCheckDigit}},
	{"IBAN_COUNTRY", []string{gs1.ReasonCode}},
	{"NOT_ISO", []string{gs1.ReasonCode}},
	{"PACKAGE_TYPE", []string{gs1.ReasonCode}},
	{"MEDIA_TYPE", []string{gs1.ReasonCode}},
	{"GCP_PREFIX", []string{gs1.ReasonCompanyPrefix}},
	{"IMPORTER_IDX", []string{gs1.ReasonCharacter}},
	{"INVALID_PERCENT", []string{gs1.ReasonCharacter}},
	{"CHARACTER", []string{gs1.ReasonCharacter}},
	{"IDX", []string{gs1.ReasonCharacter}},
	{"PADDING", []string{gs1.ReasonCharacter}},
	{"TOO_SHORT", []string{gs1.ReasonLength}},
	{"TOO_LONG", []string{gs1.ReasonLength}},
	{"INVALID_LENGTH", []string{gs1.ReasonLength}},
	{"ILLEGAL_MONTH", []string{gs1.ReasonDate}},
	{"ILLEGAL_DAY", []string{gs1.ReasonDate}},
	{"HOUR", []string{gs1.ReasonTime}},
	{"MINUTE", []string{gs1.ReasonTime}},
	{"SECOND", []string{gs1.ReasonTime}},
	{"", []string{gs1.ReasonValue}},
}

func allowedReasons(official string) []string {
	for _, r := range reasonsOf {
		if strings.Contains(official, r.part) {
			return r.reasons
		}
	}
	return nil
}

// Every rule decides as GS1's does, for the same kind of reason and at a place
// that GS1 highlights: or at the end of it, where something is missing there.
func TestRulesAgainstTheOfficialVectors(t *testing.T) {
	t.Parallel()
	tried := make(map[string]int)
	for _, v := range vectors[struct {
		Linter    string
		Input     string
		Error     string `json:"expect_error"`
		Highlight string `json:"expect_highlight"`
		Source    string
	}](t, "gs1-syntax-dictionary", "linter_vectors.json") {
		rule := ruleOf[v.Linter]
		if rule == "" {
			t.Fatalf("linter %q is not known", v.Linter)
		}
		if leftOutRule(v.Linter, v.Error) {
			continue
		}
		tried[v.Linter]++
		reason, at := gs1.CheckRule(rule, v.Input)
		if v.Error == "" {
			if reason != "" {
				t.Errorf("%s(%q) = %s, GS1 lets it through (%s)", rule, v.Input, reason, v.Source)
			}
			continue
		}
		before, rest, _ := strings.Cut(v.Highlight, "*")
		end := len(before) + strings.LastIndex(rest, "*")
		if at < len(before) || at > end {
			t.Errorf("%s(%q) finds fault at %d, GS1 at %q (%s)", rule, v.Input, at, v.Highlight, v.Source)
		}
		if !slices.Contains(allowedReasons(v.Error), reason) {
			t.Errorf("%s(%q) = %q, GS1 says %s (%s)", rule, v.Input, reason, v.Error, v.Source)
		}
	}
	for linter := range ruleOf {
		if tried[linter] == 0 && !strings.HasPrefix(linter, "gcppos") {
			t.Errorf("no vector for %s", linter)
		}
	}
}

// leftOutRule tells the vectors that ask who owns a GS1 Company Prefix: the list of
// these is not here. That keys begin with four digits is in TestCompanyPrefix.
func leftOutRule(linter, problem string) bool {
	return strings.HasPrefix(linter, "gcppos") ||
		linter == "couponcode" && (problem == "GS1_LINTER_INVALID_GCP_PREFIX" || problem == "GS1_LINTER_GCP_DATASOURCE_OFFLINE")
}
