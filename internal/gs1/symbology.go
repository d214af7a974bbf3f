package gs1

import "strings"

// Symbology identifiers of the symbols that carry element strings (General
// Specifications, 5.1.2).
const (
	GS1128        = "]C1"
	GS1DataBar    = "]e0" // and the composite component beside a linear symbol
	GS1DataMatrix = "]d2"
	GS1QRCode     = "]Q3"
	GS1DotCode    = "]J1"
)

// readSymbol reads data that begins with a symbology identifier.
func readSymbol(data string, options []Option) (symbology string, fields []field, err error) {
	symbology = data[:min(len(data), 3)]
	const start = 3
	switch symbology {
	case GS1128, GS1DataBar, GS1DataMatrix, GS1QRCode, GS1DotCode:
		fields, err = readElementString(data, start, gs)
	case "]E0", "]E3", "]E4", "]I1":
		fields, err = readEAN(data, start, symbology)
	case "]Q1", "]d1", "]J0", "]C0": // QR Code, Data Matrix, DotCode, Code 128
		if len(data) == start || !isPlain(data[start:]) {
			return "", nil, fail(ReasonNotRecognized, start, "the symbol carries plain text, which is no GS1 data: %s is neither a GS1 symbol nor followed by a GS1 Digital Link", symbology)
		}
		fields, err = readPlain(data, start, options)
	default:
		return "", nil, fail(ReasonSymbology, 0, "%q is no symbology identifier of a symbol that can carry GS1 data", symbology)
	}
	return symbology, fields, err
}

// readEAN reads the number of an EAN, UPC or ITF-14 symbol, with what may follow.
func readEAN(data string, start int, symbology string) ([]field, error) {
	size := map[string]int{"]E0": 13, "]E3": 13, "]E4": 8, "]I1": 14}[symbology]
	linear, composite, isComposite := strings.Cut(data[start:], "|"+GS1DataBar)
	addOn := ""
	if symbology == "]E3" && len(linear) > size {
		linear, addOn = linear[:size], linear[size:]
	}
	if len(linear) != size || addOn != "" && len(addOn) != 2 && len(addOn) != 5 {
		return nil, &Error{
			Reason: ReasonLength, AI: "01", Offset: start + len(linear),
			Message: name("01") + ": a symbol that says " + symbology + " carries " + count(size, "digit"),
		}
	}
	fields, err := readGTIN(data[:start+size], start)
	if err != nil || !isComposite {
		return fields, err
	}
	more, err := readElementString(data, len(data)-len(composite), gs)
	return append(fields, more...), err
}
