package gs1_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
)

// official reads a file of GS1's, which is not ours to keep here. Where it is not
// set the test is skipped; where it is, it has to be whole.
func official(t *testing.T, path ...string) []byte {
	t.Helper()
	folder := os.Getenv("LOTTRAIL_TESTDATA")
	if folder == "" {
		t.Skip("LOTTRAIL_TESTDATA is not set")
	}
	raw, err := os.ReadFile(filepath.Join(append([]string{folder}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// ruleOf tells which of our rules is GS1's of a name.
var ruleOf = map[string]string{
	"couponcode": "coupon", "couponposoffer": "offer", "csum": "check", "csumalpha": "checkpair",
	"gcppos1": "company", "gcppos2": "company2", "hasnondigit": "nondigit", "hh": "hour",
	"hhmi": "clock", "hyphen": "hyphen", "iban": "iban", "importeridx": "importer",
	"iso3166": "country", "iso3166999": "countries", "iso3166alpha2": "country2",
	"iso4217": "currency", "iso5218": "sex", "latitude": "latitude", "longitude": "longitude",
	"mediatype": "medium", "mi": "minute", "nonzero": "positive", "nozeroprefix": "unpadded",
	"packagetype": "package", "pcenc": "percent", "pieceoftotal": "piece",
	"posinseqslash": "position", "ss": "second", "winding": "winding", "yesno": "yesno",
	"yymmd0": "date0", "yymmdd": "date", "yyyymmd0": "longdate0", "yyyymmdd": "longdate", "zero": "zero",
	"csetnumeric": "n", "cset82": "x", "cset39": "y", "cset64": "z",
}

// The table of AIs says what GS1's dictionary says, of the same AIs.
func TestTableAgainstTheOfficialDictionary(t *testing.T) {
	t.Parallel()
	ours := gs1.Table()
	lines := 0
	for line := range strings.Lines(string(official(t, "gs1-syntax-dictionary", "gs1-syntax-dictionary.txt"))) {
		body, title, _ := strings.Cut(strings.TrimRight(line, "\n"), "#")
		words := strings.Fields(body)
		if len(words) == 0 {
			continue
		}
		lines++
		want := entry(t, words[1:])
		want.Title = strings.TrimSpace(title)
		from, to, isRange := strings.Cut(words[0], "-")
		if !isRange {
			to = from
		}
		for n := atoi(t, from); n <= atoi(t, to); n++ {
			ai := fmt.Sprintf("%0*d", len(from), n)
			if got := ours[ai]; !reflect.DeepEqual(normal(got), normal(want)) {
				t.Errorf("(%s):\nours     %+v\nofficial %+v", ai, got, want)
			}
			delete(ours, ai)
		}
	}
	if lines < 200 {
		t.Errorf("read %d lines of the dictionary", lines)
	}
	for ai := range ours {
		t.Errorf("(%s) is in our table and not in the official dictionary", ai)
	}
}

var specification = regexp.MustCompile(`^(\[)?([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)$`)

// entry reads flags, components and attributes.
func entry(t *testing.T, words []string) gs1.Entry {
	t.Helper()
	var e gs1.Entry
	if strings.Trim(words[0], "*?") == "" {
		e.Predefined = strings.Contains(words[0], "*")
		e.Attribute = strings.Contains(words[0], "?")
		words = words[1:]
	}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "req":
			if e.Needs != nil {
				t.Fatalf("req twice, which our table cannot say: %v", words)
			}
			for _, group := range strings.Split(value, ",") {
				e.Needs = append(e.Needs, strings.Split(group, "+"))
			}
		case "ex":
			e.Excludes = append(e.Excludes, strings.Split(value, ",")...)
		case "dlpkey":
			e.Key = true
			for order := range strings.SplitSeq(value, "|") {
				if order != "" {
					e.Qualifiers = append(e.Qualifiers, strings.Split(order, ","))
				}
			}
		default:
			m := specification.FindStringSubmatch(word)
			if m == nil {
				t.Fatalf("component %q is not understood", word)
			}
			c := gs1.Component{Set: strings.ToLower(m[2]), Most: atoi(t, m[4]), Optional: m[1] != ""}
			if c.Least = c.Most; m[3] != "" {
				c.Least = 1
			}
			for _, linter := range strings.Split(m[5], ",")[1:] {
				if ruleOf[linter] == "" {
					t.Fatalf("linter %q is not known", linter)
				}
				c.Rules = append(c.Rules, ruleOf[linter])
			}
			e.Components = append(e.Components, c)
		}
	}
	return e
}

// normal makes nil of what is empty, for comparing.
func normal(e gs1.Entry) gs1.Entry {
	if len(e.Excludes) == 0 {
		e.Excludes = nil
	}
	e.Components = slices.Clone(e.Components)
	for i := range e.Components {
		if len(e.Components[i].Rules) == 0 {
			e.Components[i].Rules = nil
		}
	}
	return e
}

func atoi(t *testing.T, digits string) int {
	t.Helper()
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
