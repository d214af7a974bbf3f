// Package gs1 reads what scanners deliver, and writes what they shall read: GS1
// element strings, the same in brackets for people, bare GTINs, and GS1 Digital
// Link URIs. It is pure: no clock, no database, no wire format.
//
// Values are held against the rules of their application identifiers (AI): format,
// character set, check digits, dates, lists of codes, and which AIs need or exclude
// each other. Left out:
//
//   - whether a GS1 Company Prefix was given to anybody (gcppos1 and gcppos2 of GS1's
//     dictionary, and the prefixes within coupons): that a key begins with a prefix
//     of four digits is checked, but the list of prefixes, which changes from day to
//     day, is not here. GTIN, GLN and the like that nobody owns are found out when no
//     item or party has them;
//   - compressed Digital Link URIs: a standard of its own, without vectors to hold a
//     reader against;
//   - add-on symbols of two or five digits beside an EAN (]E1, ]E2, and the tail of
//     ]E3): they have no AI. The GTIN beside them is read.
package gs1

import (
	"slices"
	"strings"
)

// Option lets Parse read a form that GS1 has given up, but that is still found on
// labels.
type Option int

const (
	// ShortGTINs reads Digital Link URIs in which a GTIN of 8, 12 or 13 digits is
	// not filled up to 14 with zeros.
	ShortGTINs Option = iota + 1
	// ConvenienceAlphas reads Digital Link URIs that have words for AIs: /gtin/…/lot/…
	ConvenienceAlphas
)

// Parse reads the data of a symbol, or text that stands for it:
//
//   - an element string after the symbology identifier of a GS1 symbol (]C1, ]e0,
//     ]d2, ]Q3, ]J1), with GS (0x1D) where FNC1 separates;
//   - a GTIN after that of an EAN, UPC or ITF-14 symbol (]E0, ]E3, ]E4, ]I1), and the
//     composite component that may follow it as |]e0…;
//   - a Digital Link URI or text in brackets, by itself or after the symbology
//     identifier of a plain symbol (]Q1, ]d1, ]J0, ]C0);
//   - without a symbology identifier: an element string that begins with FNC1, sent
//     as GS or written as ^ (then ^ is the separator too: no value can contain it);
//     one that contains GS, or that begins with 00, 01 or 02, whose check digit then
//     tells that it is one; and 8, 12, 13 or 14 digits that are a GTIN. Anything
//     else is refused, for it would be a guess.
//
// Carriage returns, line feeds and tabs at the end, which scanners send, are passed
// over.
//
// An element that comes again with the same value is returned once. An error is an
// *Error.
func Parse(data string, options ...Option) (Scan, error) {
	scan, fields, err := parse(data, options)
	if err != nil {
		return Scan{}, err
	}
	if err := checkTogether(scan.Elements); err != nil {
		i := slices.IndexFunc(fields, func(f field) bool { return f.AI == err.AI })
		err.Offset = fields[i].at
		return Scan{}, err
	}
	return scan, nil
}

// ParseCarrier is Parse for one of several symbols on the same thing, such as the
// two of a pallet label: it does not ask whether the elements are complete. Hold
// those of all symbols against that with CheckTogether.
func ParseCarrier(data string, options ...Option) (Scan, error) {
	scan, _, err := parse(data, options)
	return scan, err
}

// Scan is what was read.
type Scan struct {
	// Symbology is the symbology identifier that the data came with, such as ]d2;
	// "" if it had none.
	Symbology string
	Elements
}

// field is an element as it was read, with its places in the input.
type field struct {
	Element
	at int // of its AI
	// offset tells where in the input a byte of the value comes from.
	offset func(int) int
}

// from is the offset of values that stand in the input as they are.
func from(start int) func(int) int { return func(i int) int { return start + i } }

// check holds a field against its definition.
func (f field) check(d *definition) error {
	if fault := d.checkValue(f.Value); fault != nil {
		return fault.of(f.AI, f.offset)
	}
	return nil
}

func parse(data string, options []Option) (Scan, []field, error) {
	symbology, fields, err := read(strings.TrimRight(data, "\r\n\t"), options)
	if err != nil {
		return Scan{}, nil, err
	}
	scan := Scan{Symbology: symbology}
	for _, f := range fields {
		switch value, has := scan.Value(f.AI); {
		case !has:
			scan.Elements = append(scan.Elements, f.Element)
		case value != f.Value:
			return Scan{}, nil, &Error{
				Reason: ReasonRepeatedAI, AI: f.AI, Offset: f.at,
				Message: name(f.AI) + ": comes twice, with different values",
			}
		}
	}
	return scan, fields, nil
}

// read finds out which form the data has.
func read(data string, options []Option) (symbology string, fields []field, err error) {
	switch {
	case data == "":
		return "", nil, fail(ReasonEmpty, 0, "there is no data")
	case data[0] == ']':
		return readSymbol(data, options)
	case data[0] == '^':
		fields, err = readElementString(data, 1, '^')
	case data[0] == gs:
		fields, err = readElementString(data, 1, gs)
	case isPlain(data):
		fields, err = readPlain(data, 0, options)
	case isGTIN(data):
		fields, err = readGTIN(data, 0)
	case strings.IndexByte(data, gs) >= 0, isElementString(data):
		fields, err = readElementString(data, 0, gs)
	default:
		err = fail(ReasonNotRecognized, 0, "this is no GS1 data: begin an element string with its symbology identifier such as ]C1 or ]d2, "+
			"or write it in brackets as in (01)09521234543213(10)ABC; a GS1 Digital Link begins with https://")
	}
	return "", fields, err
}

// isPlain tells the forms that plain text can have.
func isPlain(data string) bool { return data[0] == '(' || isURI(data) }

// readPlain reads text in brackets, or a Digital Link.
func readPlain(data string, start int, options []Option) ([]field, error) {
	if data[start] == '(' {
		return readBracketed(data, start)
	}
	return readDigitalLink(data, start, linkOptions{
		shortGTINs: slices.Contains(options, ShortGTINs),
		alphas:     slices.Contains(options, ConvenienceAlphas),
	})
}

// isElementString tells an element string that nothing marks as one by the key
// with a check digit that it begins with. If the check digit is wrong, that is what
// to say of it.
func isElementString(data string) bool {
	if len(data) < 2 {
		return false
	}
	switch data[:2] {
	case "00", "01", "02":
		size := 2 + dictionary[data[:2]].length()
		return len(data) >= size && strings.Trim(data[:size], digits) == ""
	}
	return false
}

// isGTIN tells a GTIN that nothing marks as one.
func isGTIN(data string) bool {
	switch len(data) {
	case 8, 12, 13, 14:
		return strings.Trim(data, digits) == ""
	}
	return false
}

// readGTIN reads a GTIN of 8, 12, 13 or 14 digits, which is all of the data from
// start on.
func readGTIN(data string, start int) ([]field, error) {
	text := data[start:]
	gtin, err := GTIN(text)
	if err != nil {
		e := err.(*Error) //nolint:errorlint // GTIN returns nothing else
		return nil, (&fault{reason: e.Reason, at: e.Offset, text: e.Message}).of("01", from(start))
	}
	return []field{{Element: Element{AI: "01", Value: gtin}, at: start, offset: from(start)}}, nil
}
