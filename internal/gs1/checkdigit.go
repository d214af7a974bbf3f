package gs1

import "strings"

// GTIN checks a GTIN of 8, 12, 13 or 14 digits and returns it with 14, the form
// in which GTINs of different lengths compare. An error is an *Error.
func GTIN(text string) (string, error) {
	switch len(text) {
	case 8, 12, 13, 14:
	default:
		return "", fail(ReasonLength, len(text), "a GTIN has 8, 12, 13 or 14 digits, not %d", len(text))
	}
	if f := ruleCheckDigit(text); f != nil {
		return "", fail(f.reason, f.at, "%s", f.text)
	}
	return strings.Repeat("0", 14-len(text)) + text, nil
}

// CheckGLN checks a GLN, which has 13 digits. An error is an *Error.
func CheckGLN(text string) error {
	if len(text) != 13 {
		return fail(ReasonLength, len(text), "a GLN has 13 digits, not %d", len(text))
	}
	if f := ruleCheckDigit(text); f != nil {
		return fail(f.reason, f.at, "%s", f.text)
	}
	return nil
}

// CheckDigit is the digit that completes the digits of a GTIN, GLN or SSCC (GS1
// General Specifications, 7.9): they are weighed by 3 and 1 in turn, from the
// right, and it fills the sum up to a multiple of ten. The text has to consist of
// digits.
func CheckDigit(text string) byte {
	sum := 0
	for i := range len(text) {
		weight := 1
		if (len(text)-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(text[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// ruleCheckDigit: the last digit follows from the others.
func ruleCheckDigit(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if text == "" {
		return wrong(ReasonLength, 0, "there is no check digit")
	}
	last := len(text) - 1
	if is, should := text[last], CheckDigit(text[:last]); is != should {
		return wrong(ReasonCheckDigit, last, "the check digit is %c and should be %c", is, should)
	}
	return nil
}

// pairAlphabet has the characters of a check character pair.
const pairAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// ruleCheckPair: the last two characters follow from the others (General
// Specifications, 7.9.5). These are weighed by the primes, from the right; the sum
// modulo 1021 gives the pair.
func ruleCheckPair(text string) *fault {
	if len(text) < 2 {
		return wrong(ReasonLength, len(text), "%q is too short: it ends in a pair of check characters", text)
	}
	body, pair := text[:len(text)-2], text[len(text)-2:]
	if f := checkCharacters('x', body); f != nil {
		return f
	}
	sum, prime := 0, 1
	for i := len(body) - 1; i >= 0; i-- {
		prime = primeAfter(prime)
		sum += prime * strings.IndexByte(set82, body[i])
	}
	sum %= 1021
	if should := string([]byte{pairAlphabet[sum>>5], pairAlphabet[sum&31]}); pair != should {
		return wrong(ReasonCheckDigit, len(body), "the check characters are %q and should be %q", pair, should)
	}
	return nil
}

func primeAfter(n int) int {
	for n++; ; n++ {
		divisor := 2
		for n%divisor != 0 {
			divisor++
		}
		if divisor == n {
			return n
		}
	}
}

// ruleIBAN: a country, and two check digits that make the number with its country
// moved to the end, letters counted from 10, leave 1 modulo 97 (ISO 13616).
func ruleIBAN(text string) *fault {
	const shortest, longest = 15, 34
	if len(text) > longest {
		return wrong(ReasonLength, longest, "an IBAN has at most %d characters, not %d", longest, len(text))
	}
	if len(text) < 4 {
		return wrong(ReasonLength, len(text), "an IBAN has at least %d characters, not %d", shortest, len(text))
	}
	for i := range len(text) {
		if strings.IndexByte(digits+upper, text[i]) < 0 {
			return wrong(ReasonCharacter, i, "%s stands in an IBAN, which has digits and capital letters only", quote(text, i))
		}
	}
	// Kosovo has IBANs, though no code of ISO 3166.
	if country := text[:2]; !countryLetters[country] && country != "XK" {
		return wrong(ReasonCode, 0, "%q is no country: an IBAN begins with its code of two letters (ISO 3166-1)", country)
	}
	if len(text) < shortest {
		return wrong(ReasonLength, len(text), "an IBAN has at least %d characters, not %d", shortest, len(text))
	}
	rest := 0
	for _, c := range []byte(text[4:] + text[:4]) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	if rest != 1 {
		return wrong(ReasonCheckDigit, 2, "the check digits %q of the IBAN do not fit; read it again", text[2:4])
	}
	return nil
}
