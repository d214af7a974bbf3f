package gs1

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// rules are what a component's value has to keep to beyond its length and its
// character set, by the names that ais.txt has for them.
var rules = map[string]func(string) *fault{
	"check":     ruleCheckDigit,
	"checkpair": ruleCheckPair,
	"clock":     ruleClock,
	"company":   ruleCompany,
	"company2":  func(s string) *fault { return ruleCompany(s[1:]).after(1) },
	"countries": ruleCountries,
	"country":   inList(countries, "country: give its number of three digits (ISO 3166-1)"),
	"country2":  inList(countryLetters, "country: give its code of two capital letters (ISO 3166-1)"),
	"coupon":    ruleCoupon,
	"currency":  inList(currencies, "currency: give its number of three digits (ISO 4217)"),
	"date":      func(s string) *fault { return ruleDate(s, "YYMMDD", false) },
	"date0":     func(s string) *fault { return ruleDate(s, "YYMMDD", true) },
	"hour":      func(s string) *fault { return ruleTime(s, "hour", 23) },
	"hyphen":    ruleHyphen,
	"iban":      ruleIBAN,
	"importer":  ruleImporter,
	"latitude":  func(s string) *fault { return ruleDegrees(s, "latitude", "1800000000") },
	"longdate":  func(s string) *fault { return ruleDate(s, "YYYYMMDD", false) },
	"longdate0": func(s string) *fault { return ruleDate(s, "YYYYMMDD", true) },
	"longitude": func(s string) *fault { return ruleDegrees(s, "longitude", "3600000000") },
	"medium":    ruleMedium,
	"minute":    func(s string) *fault { return ruleTime(s, "minute", 59) },
	"nondigit":  ruleNonDigit,
	"offer":     ruleOffer,
	"package":   inList(packageTypes, "package type: give one of UN/ECE Recommendation 21 or of GS1's additions to it"),
	"percent":   rulePercent,
	"piece":     rulePiece,
	"position":  rulePosition,
	"positive":  rulePositive,
	"second":    func(s string) *fault { return ruleTime(s, "second", 59) },
	"sex":       oneOf("0129", "a code for a sex: 0 not known, 1 male, 2 female, 9 not applicable (ISO 5218)"),
	"unpadded":  ruleUnpadded,
	"winding":   oneOf("019", "a winding direction: 0 face out, 1 face in, 9 undefined"),
	"yesno":     oneOf("01", "an answer: 0 for no, 1 for yes"),
	"zero":      ruleZero,
}

func inList(list map[string]bool, what string) func(string) *fault {
	return func(text string) *fault {
		if !list[text] {
			return wrong(ReasonCode, 0, "%q is no %s", text, what)
		}
		return nil
	}
}

func oneOf(allowed, what string) func(string) *fault {
	return func(text string) *fault {
		if len(text) != 1 || !strings.Contains(allowed, text) {
			return wrong(ReasonValue, 0, "%q is not %s", text, what)
		}
		return nil
	}
}

// ruleCompany: a key begins with a GS1 Company Prefix, which has at least four
// digits. Whether that prefix was given to anybody is not looked up.
func ruleCompany(text string) *fault {
	for i := range 4 {
		if i >= len(text) || text[i] < '0' || text[i] > '9' {
			return wrong(ReasonCompanyPrefix, 0, "%q does not begin with a GS1 Company Prefix, which has at least four digits", text)
		}
	}
	return nil
}

func ruleCountries(text string) *fault {
	if text != "999" && !countries[text] {
		return wrong(ReasonCode, 0, "%q is no country: give its number of three digits (ISO 3166-1), or 999 for several", text)
	}
	return nil
}

func ruleHyphen(text string) *fault {
	if text == "" || strings.Trim(text, "-") != "" {
		return wrong(ReasonValue, 0, "%q stands where only a minus sign may be", text)
	}
	return nil
}

func ruleImporter(text string) *fault {
	if len(text) != 1 || strings.IndexByte(set64, text[0]) < 0 {
		return wrong(ReasonCharacter, 0, "%q is no importer index, which is one letter or digit, - or _", text)
	}
	return nil
}

// ruleDegrees: ten digits, the degrees (shifted to be positive) with seven decimals.
func ruleDegrees(text, what, most string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if len(text) != len(most) {
		return wrong(ReasonLength, len(text), "a %s has %d digits, not %d", what, len(most), len(text))
	}
	if text > most {
		return wrong(ReasonValue, 0, "%s is no %s: it is %s at most", text, what, most)
	}
	return nil
}

func ruleMedium(text string) *fault {
	if len(text) == 2 && (text >= "01" && text <= "10" || text >= "80" && text <= "99") && checkCharacters('n', text) == nil {
		return nil
	}
	return wrong(ReasonCode, 0, "%q is no AIDC media type: 01 to 10, and 80 to 99 for use within a company", text)
}

func ruleNonDigit(text string) *fault {
	if strings.Trim(text, digits) == "" {
		return wrong(ReasonCharacter, 0, "%q has digits only: another character has to be among them", text)
	}
	return nil
}

// rulePercent: a text in which % begins a character of two hexadecimal digits.
func rulePercent(text string) *fault {
	for i := range len(text) {
		if text[i] == '%' && !escaped(text[i:]) {
			return wrong(ReasonCharacter, i, "%q is no character in percent-encoding: %% needs two hexadecimal digits", text[i:min(len(text), i+3)])
		}
	}
	return nil
}

// rulePiece: the number of a piece and that of all pieces, of equal length.
func rulePiece(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if len(text) == 0 || len(text)%2 == 1 {
		return wrong(ReasonLength, 0, "%q is not the number of a piece and the total of pieces, of equal length", text)
	}
	piece, total := text[:len(text)/2], text[len(text)/2:]
	switch {
	case strings.Trim(piece, "0") == "":
		return wrong(ReasonValue, 0, "piece %s of %s: pieces are counted from 1", piece, total)
	case strings.Trim(total, "0") == "":
		return wrong(ReasonValue, len(piece), "piece %s of %s: the total of pieces is at least 1", piece, total)
	case piece > total:
		return wrong(ReasonValue, 0, "piece %s of %s: the number exceeds the total of pieces", piece, total)
	}
	return nil
}

// rulePosition: 2/3, the second of three.
func rulePosition(text string) *fault {
	position, total, found := strings.Cut(text, "/")
	if !found || position == "" || total == "" || strings.Trim(position+total, digits) != "" {
		return wrong(ReasonValue, 0, "%q is no position in a sequence such as 2/3", text)
	}
	if position[0] == '0' {
		return wrong(ReasonValue, 0, "%q: positions begin at 1 and have no zeros in front", text)
	}
	if total[0] == '0' {
		return wrong(ReasonValue, len(position)+1, "%q: the total is at least 1 and has no zeros in front", text)
	}
	if len(position) > len(total) || len(position) == len(total) && position > total {
		return wrong(ReasonValue, 0, "%q: the position exceeds the total", text)
	}
	return nil
}

func rulePositive(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if strings.Trim(text, "0") == "" {
		return wrong(ReasonValue, 0, "%q: zero is not possible here", text)
	}
	return nil
}

func ruleUnpadded(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if strings.HasPrefix(text, "0") {
		return wrong(ReasonValue, 0, "%q: the number has no zeros in front", text)
	}
	return nil
}

func ruleZero(text string) *fault {
	if strings.Trim(text, "0") != "" {
		return wrong(ReasonValue, 0, "%q: only 0 may stand here", text)
	}
	return nil
}

// quote is the character that begins at a byte of a text, quoted.
func quote(text string, at int) string {
	_, size := utf8.DecodeRuneInString(text[at:])
	return strconv.Quote(text[at : at+size])
}

// brief is a text quoted, cut off where it is longer than any value may be.
func brief(text string) string {
	const most = 90
	if len(text) > most {
		return strconv.Quote(text[:most]) + "…"
	}
	return strconv.Quote(text)
}

func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}
