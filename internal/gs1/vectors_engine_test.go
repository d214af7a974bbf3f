package gs1_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
)

// vector is one of GS1's syntax engine. In it ^ is FNC1.
type vector struct {
	Succeeds  bool           `json:"should_succeed"`
	Flags     map[string]any `json:"encoder_flags"`
	Validator string         `json:"validator"`
	Symbology string         `json:"symbology"`
	Stem      *string        `json:"stem"`
	Input     string         `json:"input"`
	Expect    *string        `json:"expect"`
	Error     string         `json:"expect_error"`
	Line      int            `json:"source_line"`
	Path      string         `json:"expect_path"`
	Query     string         `json:"expect_query"`
}

// leftOut are the vectors that we answer otherwise, with the reason why, by file and
// input. A vector that is no longer answered otherwise has to go from here.
var leftOut = map[string]map[string]string{
	"scandata_process.json": {
		"]Q1":           "plain data of a plain symbol: no GS1 data, so refused",
		"]Q1TESTING":    "plain data of a plain symbol: no GS1 data, so refused",
		"]Q1^TESTING":   "plain data of a plain symbol: no GS1 data, so refused",
		"]Q1\\^TESTING": "plain data of a plain symbol: no GS1 data, so refused",
		"]d1TESTING":    "plain data of a plain symbol: no GS1 data, so refused",
	},
}

func engine(t *testing.T, file string) []vector {
	t.Helper()
	return vectors[vector](t, "gs1-syntax-engine", file)
}

// options are those that a vector assumes. GS1's other options do not matter to us:
// PermitUnknownAIs is set where vectors fail with and without it, or have no unknown
// AI, and UNKNOWN_AI_NOT_DL_ATTR likewise.
func (v vector) options() []gs1.Option {
	var all []gs1.Option
	if v.Flags["permitConvenienceAlphas"] == true {
		all = append(all, gs1.ConvenienceAlphas)
	}
	if v.Flags["PermitZeroSuppressedGTINinDLuris"] == true {
		all = append(all, gs1.ShortGTINs)
	}
	return all
}

// fnc1 writes elements as the vectors do.
func fnc1(t *testing.T, elements gs1.Elements) string {
	t.Helper()
	text, err := elements.ElementString()
	if err != nil {
		t.Fatal(err)
	}
	return "^" + strings.ReplaceAll(text, "\x1d", "^")
}

// reads holds what we read of a vector's input against what it expects.
func (v vector) reads(t *testing.T, file, input string, expect string) {
	t.Helper()
	scan, err := gs1.ParseCarrier(input, v.options()...)
	why, isLeftOut := leftOut[file][v.Input]
	switch {
	case isLeftOut && (err == nil) == v.Succeeds:
		t.Errorf("line %d: %q is left out (%s), but is answered as GS1 does", v.Line, input, why)
	case isLeftOut:
	case (err == nil) != v.Succeeds:
		t.Errorf("line %d: %q: %v, GS1 succeeds: %t", v.Line, input, err, v.Succeeds)
	case err == nil && fnc1(t, scan.Elements) != expect:
		t.Errorf("line %d: %q = %q, GS1 has %q", v.Line, input, fnc1(t, scan.Elements), expect)
	}
	var typed *gs1.Error
	if err != nil && (!errors.As(err, &typed) || typed.Offset < 0 || typed.Offset > len(input)) {
		t.Errorf("line %d: %q: error %#v", v.Line, input, err)
	}
}

func TestOfficialBracketedText(t *testing.T) {
	t.Parallel()
	const file = "ai_bracketed_parse.json"
	for _, v := range engine(t, file) {
		v.reads(t, file, v.Input, *v.Expect)
	}
}

func TestOfficialElementStrings(t *testing.T) {
	t.Parallel()
	const file = "ai_unbracketed_process.json"
	for _, v := range engine(t, file) {
		expect := strings.TrimRight(v.Input, "^")
		v.reads(t, file, v.Input, expect)
		v.reads(t, file, strings.ReplaceAll(v.Input, "^", "\x1d"), expect)
		if data, marked := strings.CutPrefix(v.Input, "^"); marked {
			v.reads(t, file, gs1.GS1128+strings.ReplaceAll(data, "^", "\x1d"), expect)
		}
	}
}

func TestOfficialDigitalLinksRead(t *testing.T) {
	t.Parallel()
	const file = "dl_parse.json"
	for _, v := range engine(t, file) {
		v.reads(t, file, v.Input, *v.Expect)
	}
}

func TestOfficialScanDataRead(t *testing.T) {
	t.Parallel()
	const file = "scandata_process.json"
	for _, v := range engine(t, file) {
		expect := *v.Expect
		if scan, err := gs1.ParseCarrier(expect); err == nil && !strings.HasPrefix(expect, "^") {
			expect = fnc1(t, scan.Elements) // a Digital Link or the digits of an EAN
		}
		v.reads(t, file, v.Input, expect)
	}
}

// What GS1 makes of symbols we read back to the same elements, and make of them
// where the symbol carries element strings. Symbols of plain data, of which GS1 has
// vectors too, are not ours to make.
func TestOfficialScanDataWritten(t *testing.T) {
	t.Parallel()
	written, read := 0, 0
	for _, v := range engine(t, "scandata_generate.json") {
		if v.Expect == nil || !strings.Contains(v.Input, "^99") || strings.HasPrefix(*v.Expect, "]Q1") {
			if _, err := gs1.ParseCarrier(v.Input); err == nil {
				t.Errorf("line %d: %q is GS1 data", v.Line, v.Input)
			}
			continue
		}
		linear, composite, _ := strings.Cut(v.Input, "|^")
		want := elementsOf(t, linear)
		if composite != "" {
			want = append(want, elementsOf(t, "^"+composite)...)
		}
		scan, err := gs1.ParseCarrier(*v.Expect)
		if err != nil || !slices.Equal(scan.Elements, want) {
			t.Errorf("line %d: %q is read as %v, %v; GS1 made it of %v", v.Line, *v.Expect, scan.Elements, err, want)
		}
		read++
		if strings.HasPrefix(scan.Symbology, "]E") {
			continue // composite symbols with an EAN are read, not written
		}
		if got, err := want.ScanData(scan.Symbology); err != nil || got != *v.Expect {
			t.Errorf("line %d: %v is written as %q, %v; GS1 has %q", v.Line, want, got, err, *v.Expect)
		}
		written++
	}
	if read < 10 || written < 8 {
		t.Errorf("%d vectors read, %d written", read, written)
	}
}

// elementsOf reads a linear component, which may be the digits of a GTIN.
func elementsOf(t *testing.T, text string) gs1.Elements {
	t.Helper()
	if gtin, err := gs1.GTIN(text); err == nil {
		return gs1.Elements{{AI: "01", Value: gtin}}
	}
	scan, err := gs1.ParseCarrier(text)
	if err != nil {
		t.Fatal(err)
	}
	return scan.Elements
}

func TestOfficialDigitalLinksWritten(t *testing.T) {
	t.Parallel()
	for _, v := range engine(t, "dl_generate.json") {
		scan, err := gs1.ParseCarrier(v.Input)
		if err != nil {
			t.Errorf("line %d: %v", v.Line, err)
			continue
		}
		stem := ""
		if v.Stem != nil {
			stem = *v.Stem
		}
		if got, err := scan.DigitalLink(stem); (err == nil) != v.Succeeds || got != *v.Expect {
			t.Errorf("line %d: %q = %q, %v; GS1 has %q", v.Line, v.Input, got, err, *v.Expect)
		}
	}
}

func TestOfficialErrors(t *testing.T) {
	t.Parallel()
	for _, v := range engine(t, "ai_linter_errors.json") {
		_, err := gs1.ParseCarrier(v.Input)
		var typed *gs1.Error
		switch errors.As(err, &typed); {
		case v.Error == "GS1_LINTER_OK" && err != nil:
			t.Errorf("line %d: %q: %v", v.Line, v.Input, err)
		case v.Error != "GS1_LINTER_OK" && (typed == nil || !slices.Contains(allowedReasons(v.Error), typed.Reason)):
			t.Errorf("line %d: %q: %#v, GS1 has %s", v.Line, v.Input, err, v.Error)
		}
	}
}

func TestOfficialAssociations(t *testing.T) {
	t.Parallel()
	reasons := map[string]string{
		"validateAIrepeats":                   gs1.ReasonRepeatedAI,
		"validateAImutex":                     gs1.ReasonExcludedAI,
		"validateAIrequisites":                gs1.ReasonMissingAI,
		"validateDigSigRequiresSerialisedKey": gs1.ReasonMissingAI,
	}
	for _, v := range engine(t, "ai_association_rules.json") {
		_, err := gs1.Parse(v.Input)
		var typed *gs1.Error
		switch errors.As(err, &typed); {
		case v.Succeeds && err != nil:
			t.Errorf("line %d: %q: %v", v.Line, v.Input, err)
		case !v.Succeeds && typed == nil:
			t.Errorf("line %d: %q: %v", v.Line, v.Input, err)
		case !v.Succeeds && typed.Reason != reasons[v.Validator] && typed.Reason != gs1.ReasonUnknownAI:
			t.Errorf("line %d: %q: %s, GS1 has %s", v.Line, v.Input, typed.Reason, v.Validator)
		}
	}
}

func TestOfficialPercentEncoding(t *testing.T) {
	t.Parallel()
	for _, v := range engine(t, "uri_escape.json") {
		if path, query := gs1.EncodePath(v.Input), gs1.EncodeQuery(v.Input); path != v.Path || query != v.Query {
			t.Errorf("line %d: %q = %q, %q", v.Line, v.Input, path, query)
		}
	}
	for _, v := range engine(t, "uri_unescape.json") {
		if path, query := latin1(gs1.DecodePath(v.Input)), latin1(gs1.DecodeQuery(v.Input)); path != v.Path || query != v.Query {
			t.Errorf("line %d: %q = %q, %q", v.Line, v.Input, path, query)
		}
	}
}

// latin1 shows bytes as the vectors do, a character each.
func latin1(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteRune(rune(c))
	}
	return b.String()
}
