package gs1

import "strings"

// check holds each element against the rules of its AI: nothing is written that
// could not be read again. It does not ask whether the elements are complete, for
// they may be those of one symbol of several.
func (e Elements) check() error {
	if len(e) == 0 {
		return fail(ReasonEmpty, 0, "there is no element")
	}
	for _, element := range e {
		d := dictionary[element.AI]
		if d == nil {
			return fail(ReasonUnknownAI, 0, "there is no application identifier %q", element.AI)
		}
		if f := d.checkValue(element.Value); f != nil {
			return f.of(element.AI, from(0))
		}
		if e.value(element.AI) != element.Value {
			return &Error{Reason: ReasonRepeatedAI, AI: element.AI, Message: name(element.AI) + ": comes twice, with different values"}
		}
	}
	return nil
}

// ElementString writes the elements one after the other, with GS where FNC1 has to
// separate them. A symbol made of it has to have FNC1 in the first position. The
// shortest symbol has elements of predefined length (GTIN, dates, weights) first.
//
// This and the other writers refuse values that break the rules of their AIs; the
// offset of the *Error is then in the value.
func (e Elements) ElementString() (string, error) {
	if err := e.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	all := e.once()
	for i, element := range all {
		b.WriteString(element.AI + element.Value)
		if i < len(all)-1 && !predefined(element.AI) {
			b.WriteByte(gs)
		}
	}
	return b.String(), nil
}

// ScanData writes what a scanner sends for a symbol with these elements. The
// symbology is one of the constants, such as GS1DataMatrix.
func (e Elements) ScanData(symbology string) (string, error) {
	switch symbology {
	case GS1128, GS1DataBar, GS1DataMatrix, GS1QRCode, GS1DotCode:
	default:
		return "", fail(ReasonSymbology, 0, "%q is no symbology identifier of a GS1 symbol", symbology)
	}
	text, err := e.ElementString()
	if err != nil {
		return "", err
	}
	return symbology + text, nil
}

// Bracketed writes the elements for people: (01)09521234543213(10)ABC.
func (e Elements) Bracketed() (string, error) {
	if err := e.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, element := range e.once() {
		b.WriteString("(" + element.AI + ")" + strings.ReplaceAll(element.Value, "(", `\(`))
	}
	return b.String(), nil
}
