package label_test

import (
	"bytes"
	"image"
	imagedraw "image/draw"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"

	"github.com/lottrail/lottrail/internal/label"
)

// scanned is what an independent decoder makes of a picture.
type scanned struct {
	// data has the separators as scanners send them, as GS.
	data string
	// fnc1 is where FNC1 stands among the codewords, the first of which is 0. In a
	// Code 128 that is the start character.
	fnc1 []int
}

// The codewords that FNC1 has.
const (
	matrixFNC1 = 232
	linearFNC1 = 102
)

// scan reads the barcode of a symbology that is in a part of a picture. It has to be
// GS1's, by the symbology identifier that a scanner would send: ]d2 or ]C1.
func scan(t testing.TB, symbology label.Symbology, whole image.Image, part image.Rectangle) scanned {
	t.Helper()
	// The decoder looks for squares from the middle of a picture: one aims at them.
	picture := image.NewGray(part)
	imagedraw.Draw(picture, part, whole, part.Min, imagedraw.Src)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	var reader gozxing.Reader = datamatrix.NewDataMatrixReader()
	fnc1, hints := matrixFNC1, map[gozxing.DecodeHintType]any{}
	if symbology == label.GS1128 {
		reader, fnc1 = oned.NewCode128Reader(), linearFNC1
		hints[gozxing.DecodeHintType_ASSUME_GS1] = true
		hints[gozxing.DecodeHintType_TRY_HARDER] = true
	}
	result, err := reader.Decode(bitmap, hints)
	if err != nil { // once more, as what a computer drew and no camera saw
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
		result, err = reader.Decode(bitmap, hints)
	}
	if err != nil {
		t.Fatalf("it cannot be read: %v", err)
	}
	found := scanned{data: result.GetText()}
	codewords := result.GetRawBytes()
	var gs1 bool
	if symbology == label.GS1128 {
		found.data, gs1 = strings.CutPrefix(found.data, "]C1")
		// Behind the data are the check character and the stop. The decoder takes a check
		// character of the same value for one more separator.
		if codewords = codewords[:len(codewords)-1]; codewords[len(codewords)-1] == linearFNC1 {
			found.data = strings.TrimSuffix(found.data, gs)
		}
		codewords = codewords[:len(codewords)-1]
	} else {
		found.data, gs1 = strings.CutPrefix(found.data, gs)
		gs1 = gs1 && result.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER] == "]d2"
	}
	for i, codeword := range codewords {
		if int(codeword) == fnc1 {
			found.fnc1 = append(found.fnc1, i)
		}
	}
	if !gs1 {
		t.Fatalf("it is no GS1 barcode: %q", result.GetText())
	}
	return found
}

// gs is how scanners send a separator.
const gs = "\x1d"

func draw(t testing.TB, l label.Label) *label.Picture {
	t.Helper()
	p, err := label.Draw(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// picture decodes the PNG of a label.
func picture(t testing.TB, p *label.Picture) *image.Gray {
	t.Helper()
	b, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	gray, ok := decoded.(*image.Gray)
	if !ok {
		t.Fatalf("the PNG is a %T", decoded)
	}
	return gray
}

var all82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

// fortyEight are 48 characters, with two separators.
var fortyEight = []label.Element{{"10", strings.Repeat("aB3-x", 4)}, {"21", strings.Repeat("Y", 19)}, {"90", "z"}}

var readable = []struct {
	name     string
	elements []label.Element
	data     string
	// How many separators there are, beside the FNC1 in front.
	separators int
	linear     bool
}{
	{"a lot", []label.Element{{"10", "LOT-2026-11-001"}}, "10LOT-2026-11-001", 0, true},
	{"one letter", []label.Element{{"10", "A"}}, "10A", 0, true},
	{"one digit", []label.Element{{"10", "1"}, {"21", "2"}}, "101" + gs + "212", 1, true},
	{"fixed lengths need no separator", []label.Element{{"01", "09506000134352"}, {"17", "271231"}, {"3103", "000750"}, {"10", "AB/12"}},
		"0109506000134352" + "17271231" + "3103000750" + "10AB/12", 0, true},
	{"others need one", []label.Element{{"10", "123456"}, {"01", "09506000134352"}, {"21", "7"}, {"17", "271200"}},
		"10123456" + gs + "0109506000134352" + "217" + gs + "17271200", 2, true},
	{"four digits of identifier", []label.Element{{"8008", "26112213"}, {"8010", "A#/-1"}, {"00", "195060001343520015"}},
		"800826112213" + gs + "8010A#/-1" + gs + "00195060001343520015", 2, true},
	{"a check character of the value of FNC1", []label.Element{{"01", "08274382592005"}, {"20", "55"}}, "01082743825920052055", 0, true},
	{"a location", []label.Element{{"410", "9506000134352"}, {"240", "x"}, {"37", "9"}}, "4109506000134352" + "240x" + gs + "379", 1, true},
	{"as long as GS1-128 may be", fortyEight,
		"10" + strings.Repeat("aB3-x", 4) + gs + "21" + strings.Repeat("Y", 19) + gs + "90z", 2, true},
	{"every character", []label.Element{{"91", all82[:41]}, {"92", all82[41:]}}, "91" + all82[:41] + gs + "92" + all82[41:], 1, false},
	{"some characters", []label.Element{{"91", all82[:20]}, {"92", all82[60:]}}, "91" + all82[:20] + gs + "92" + all82[60:], 1, true},
}

// What an independent decoder reads is what was meant, with FNC1 in front and as the
// separator.
func TestReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range readable {
		for _, symbology := range []label.Symbology{label.DataMatrix, label.GS1128} {
			if symbology == label.GS1128 && !c.linear {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				p := draw(t, label.Label{Symbology: symbology, Elements: c.elements, Title: []string{"Rye bread, 1 kg", "Lot 7"}})
				found := scan(t, symbology, picture(t, p), aim(t, p))
				if found.data != c.data {
					t.Errorf("it reads %q; want %q", found.data, c.data)
				}
				// In a DataMatrix it is the first codeword, in a Code 128 it follows the start.
				front := map[label.Symbology]int{label.DataMatrix: 0, label.GS1128: 1}[symbology]
				if len(found.fnc1) != 1+c.separators || found.fnc1[0] != front {
					t.Errorf("FNC1 at %v; want it at %d and %d times more", found.fnc1, front, c.separators)
				}
			})
		}
	}
}

// A barcode can be read whatever its modules measure, and whatever its size is.
func TestReadBackSizes(t *testing.T) {
	t.Parallel()
	lot := []label.Element{{"01", "09506000134352"}, {"10", "L7"}}
	for _, module := range []int{2, 3, 5, 20} {
		p := draw(t, label.Label{Symbology: label.DataMatrix, Elements: lot, Module: module})
		if found := scan(t, label.DataMatrix, picture(t, p), aim(t, p)); found.data != "010950600013435210L7" {
			t.Errorf("modules of %d: %q", module, found.data)
		}
		if module > 5 {
			continue // GS1-128 would be too wide
		}
		p = draw(t, label.Label{Symbology: label.GS1128, Elements: lot, Module: module})
		if found := scan(t, label.GS1128, picture(t, p), aim(t, p)); found.data != "010950600013435210L7" {
			t.Errorf("modules of %d: %q", module, found.data)
		}
	}
	// The squares of a GS1 DataMatrix, a step larger with each letter or ten.
	sides := map[int]bool{}
	for n := 1; n < 1250; n += 1 + n/12 {
		elements, data := longer(n)
		p := draw(t, label.Label{Symbology: label.DataMatrix, Elements: elements, Module: 2})
		sides[aim(t, p).Inset(8).Dx()/2] = true
		if found := scan(t, label.DataMatrix, picture(t, p), aim(t, p)); found.data != data {
			t.Errorf("%d letters: %q", n, found.data)
		}
	}
	for _, side := range []int{10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48, 52, 64, 72, 80, 88, 96, 104, 120, 132} {
		if !sides[side] {
			t.Errorf("there was none of %d by %d", side, side)
		}
	}
}

// longer are elements with so many letters in their values, and what is read of them.
func longer(letters int) (elements []label.Element, data string) {
	var all []string
	for ; letters > 0; letters -= 90 {
		value := strings.Repeat(string(rune('a'+len(all)%26)), min(letters, 90))
		elements = append(elements, label.Element{AI: "99", Value: value})
		all = append(all, "99"+value)
	}
	return elements, strings.Join(all, gs)
}
