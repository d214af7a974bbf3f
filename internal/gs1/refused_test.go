package gs1_test

import (
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
)

func TestParseRefused(t *testing.T) {
	t.Parallel()
	const needsGTIN = "(10) BATCH/LOT: has to stand together with (01), (02), (03), (8006) or (8026)"
	notRecognized := "this is no GS1 data: begin an element string with its symbology identifier such as ]C1 or ]d2, " +
		"or write it in brackets as in (01)09521234543213(10)ABC; a GS1 Digital Link begins with https://"
	long := strings.Repeat("0123456789", 1000)
	for _, c := range []struct {
		data       string
		reason, ai string
		offset     int
		message    string
	}{
		// what it is
		{"", gs1.ReasonEmpty, "", 0, "there is no data"},
		{"\r\n", gs1.ReasonEmpty, "", 0, "there is no data"},
		{"ABC", gs1.ReasonNotRecognized, "", 0, notRecognized},
		{"991234", gs1.ReasonNotRecognized, "", 0, notRecognized},
		{"952123454321", gs1.ReasonCheckDigit, "01", 11, "(01) GTIN: the check digit is 1 and should be 4"},
		{"9521234543214", gs1.ReasonCheckDigit, "01", 12, "(01) GTIN: the check digit is 4 and should be 3"},
		{"010952123454321410ABC", gs1.ReasonCheckDigit, "01", 15, "(01) GTIN: the check digit is 4 and should be 3"},
		{"01095212345432AB", gs1.ReasonNotRecognized, "", 0, notRecognized},
		{"ftp://example.com/01/09521234543213", gs1.ReasonNotRecognized, "", 0, notRecognized},
		{"]", gs1.ReasonSymbology, "", 0, `"]" is no symbology identifier of a symbol that can carry GS1 data`},
		{"]A0123", gs1.ReasonSymbology, "", 0, `"]A0" is no symbology identifier of a symbol that can carry GS1 data`},
		{"]Q1HELLO", gs1.ReasonNotRecognized, "", 3, "the symbol carries plain text, which is no GS1 data: ]Q1 is neither a GS1 symbol nor followed by a GS1 Digital Link"},
		{"]d2", gs1.ReasonEmpty, "", 3, "there is no element"},
		{"^", gs1.ReasonEmpty, "", 1, "there is no element"},

		// element strings
		{"]C1899", gs1.ReasonUnknownAI, "", 3, `no application identifier of GS1 begins "899"; is the value before it too long, or a separator (FNC1, sent as GS) missing?`},
		{"]C101095212345432131", gs1.ReasonUnknownAI, "", 19, `no application identifier of GS1 begins "1"; is the value before it too long, or a separator (FNC1, sent as GS) missing?`},
		{"]C10109521234543214", gs1.ReasonCheckDigit, "01", 18, "(01) GTIN: the check digit is 4 and should be 3"},
		{"]C1010952123454321", gs1.ReasonLength, "01", 18, `(01) GTIN: "0952123454321" is too short: the value has 14 digits`},
		{"]C1010952123454321310", gs1.ReasonLength, "10", 21, `(10) BATCH/LOT: "" is too short: the value has 1 to 20 characters`},
		{"]C110123456789012345678901", gs1.ReasonLength, "10", 25, `(10) BATCH/LOT: "123456789012345678901" is too long: the value has 1 to 20 characters; is a separator (FNC1, sent as GS) missing?`},
		{"]C110" + long, gs1.ReasonLength, "10", 25, `(10) BATCH/LOT: "` + long[:90] + `"… is too long: the value has 1 to 20 characters; is a separator (FNC1, sent as GS) missing?`},
		{"]C10109521234543213" + "10A B", gs1.ReasonCharacter, "10", 22, `(10) BATCH/LOT: " " is not in GS1's character set 82: letters, digits and !"%&'()*+,-./_:;<=>?`},
		{"]C110Aé", gs1.ReasonCharacter, "10", 6, `(10) BATCH/LOT: "é" is not in GS1's character set 82: letters, digits and !"%&'()*+,-./_:;<=>?`},
		{"]C110A\xff", gs1.ReasonCharacter, "10", 6, `(10) BATCH/LOT: "\xff" is not in GS1's character set 82: letters, digits and !"%&'()*+,-./_:;<=>?`},
		{`]C110A\u001d11260101`, gs1.ReasonCharacter, "10", 6, `(10) BATCH/LOT: a backslash is in no value of GS1's: send the separator GS as the character 0x1D, which JSON writes "\u001d"`},
		{"]C1010952123454321310A\x1d17260231", gs1.ReasonDate, "17", 29, `(17) USE BY or EXPIRY: "260231" is no date YYMMDD: there is no day 31 in this month, its last is 28`},
		{"]C1010952123454321317261301", gs1.ReasonDate, "17", 23, `(17) USE BY or EXPIRY: "261301" is no date YYMMDD: there is no month 13`},
		{"]C17006261300", gs1.ReasonDate, "7006", 9, `(7006) FIRST FREEZE DATE: "261300" is no date YYMMDD: there is no month 13`},
		{"]C17006261200", gs1.ReasonDate, "7006", 11, `(7006) FIRST FREEZE DATE: "261200" is no date YYMMDD: there is no day 00, and the day cannot be left open here`},
		{"]C1422997", gs1.ReasonCode, "422", 6, `(422) ORIGIN: "997" is no country: give its number of three digits (ISO 3166-1)`},
		{"]C1010952123454321310A\x1d10B", gs1.ReasonRepeatedAI, "10", 23, "(10) BATCH/LOT: comes twice, with different values"},
		{"]C1401095X", gs1.ReasonCompanyPrefix, "401", 6, `(401) GINC: "095X" does not begin with a GS1 Company Prefix, which has at least four digits`},

		// bare GTINs
		{"]E09521234543214", gs1.ReasonCheckDigit, "01", 15, "(01) GTIN: the check digit is 4 and should be 3"},
		{"]E4952123454321", gs1.ReasonLength, "01", 15, "(01) GTIN: a symbol that says ]E4 carries 8 digits"},
		{"]E3952123454321312345678", gs1.ReasonLength, "01", 16, "(01) GTIN: a symbol that says ]E3 carries 13 digits"},
		{"]E09521234543213|]e010", gs1.ReasonLength, "10", 22, `(10) BATCH/LOT: "" is too short: the value has 1 to 20 characters`},

		// brackets
		{"(01", gs1.ReasonBrackets, "", 0, `an application identifier of two to four digits in brackets has to stand here, such as (01); write \( for a bracket within a value`},
		{"(01)09521234543213(10)A(B)", gs1.ReasonBrackets, "", 23, `an application identifier of two to four digits in brackets has to stand here, such as (01); write \( for a bracket within a value`},
		{"(12345)1", gs1.ReasonBrackets, "", 0, `an application identifier of two to four digits in brackets has to stand here, such as (01); write \( for a bracket within a value`},
		{"(89)1", gs1.ReasonUnknownAI, "", 0, "there is no application identifier (89)"},
		{`(01)09521234543213(10)A\(B C`, gs1.ReasonCharacter, "10", 26, `(10) BATCH/LOT: " " is not in GS1's character set 82: letters, digits and !"%&'()*+,-./_:;<=>?`},

		// together
		{"]C110A", gs1.ReasonMissingAI, "10", 3, needsGTIN},
		{"(11)260101(10)A", gs1.ReasonMissingAI, "11", 0, "(11) PROD DATE: has to stand together with (01), (02), (03), (8006) or (8026)"},
		{"(02)09521234543213(37)5", gs1.ReasonMissingAI, "37", 18, "(37) COUNT: has to stand together with (00) and (02) or (00) and (8026)"},
		{"(01)09521234543213(3103)000001(3102)000001", gs1.ReasonExcludedAI, "3103", 18, "(3103) NET WEIGHT (kg): must not stand together with (3102) NET WEIGHT (kg)"},
	} {
		_, err := gs1.Parse(c.data)
		refused(t, c.data, err, gs1.Error{Reason: c.reason, AI: c.ai, Offset: c.offset, Message: c.message})
	}
}

func TestDigitalLinkRefused(t *testing.T) {
	t.Parallel()
	const noKey = "the path of a GS1 Digital Link ends in a key with its value, such as /01/09521234543213, and qualifiers of the key; this one does not"
	for _, c := range []struct {
		data       string
		reason, ai string
		offset     int
		message    string
	}{
		{"https://", gs1.ReasonDigitalLink, "", 8, "the URI has no domain"},
		{"https:///01/09521234543213", gs1.ReasonDigitalLink, "", 8, "the URI has no domain"},
		{"https://a@b/01/09521234543213", gs1.ReasonCharacter, "", 9, `"@" cannot stand in the domain of a GS1 Digital Link`},
		{"https://a b/01/09521234543213", gs1.ReasonCharacter, "", 9, `" " cannot stand in a URI: write it in percent-encoding`},
		{"https://a", gs1.ReasonDigitalLink, "", 9, "the URI has a domain only: a GS1 Digital Link has a key in its path, such as /01/09521234543213"},
		{"https://a?01=09521234543213", gs1.ReasonDigitalLink, "", 9, "the URI has a domain only: a GS1 Digital Link has a key in its path, such as /01/09521234543213"},
		{"https://a/", gs1.ReasonDigitalLink, "", 10, noKey},
		{"https://a/b/", gs1.ReasonDigitalLink, "", 11, "a GS1 Digital Link does not end in a slash"},
		{"https://a/01/09521234543213/", gs1.ReasonDigitalLink, "", 27, "a GS1 Digital Link does not end in a slash"},
		{"https://a/b", gs1.ReasonDigitalLink, "", 11, noKey},
		{"https://a/10/ABC", gs1.ReasonDigitalLink, "", 16, noKey},
		{"https://a/01/09521234543213/x", gs1.ReasonDigitalLink, "", 29, noKey},
		{"https://a/01/09521234543214", gs1.ReasonCheckDigit, "01", 26, "(01) GTIN: the check digit is 4 and should be 3"},
		{"https://a/01/%30952123454321%34", gs1.ReasonCheckDigit, "01", 28, "(01) GTIN: the check digit is 4 and should be 3"},
		{"https://a/01/09521234543213/21/S/10/A", gs1.ReasonDigitalLink, "10", 33, "in the path, (01) GTIN can be followed by 22, 10, 21; or by 235; in this order"},
		{"https://a/01/09521234543213/17/261231", gs1.ReasonDigitalLink, "17", 28, "in the path, (01) GTIN can be followed by 22, 10, 21; or by 235; in this order"},
		{"https://a/00/095212345678901235/10/A", gs1.ReasonDigitalLink, "10", 32, "in the path, (00) SSCC can be followed by nothing"},
		{"https://a/01/09521234543213/foo/A", gs1.ReasonUnknownAI, "", 28, `there is no application identifier "foo"`},
		{"https://a/01/09521234543213?89=1", gs1.ReasonUnknownAI, "", 28, `there is no application identifier "89"`},
		{"https://a/01/09521234543213?21=S", gs1.ReasonDigitalLink, "21", 28, "(21) SERIAL cannot stand in the query of a GS1 Digital Link"},
		{"https://a/01/09521234543213?x&17=261231&17=261231", gs1.ReasonRepeatedAI, "17", 40, "(17) USE BY or EXPIRY: comes twice"},
		{"https://a/01/09521234543213?17=26+231", gs1.ReasonCharacter, "17", 33, `(17) USE BY or EXPIRY: " " stands where a digit has to be`},
		{"https://a/01/09521234543213?17", gs1.ReasonLength, "17", 30, `(17) USE BY or EXPIRY: "" is too short: the value has 6 digits`},
		{"]Q1https://a/01/09521234543214", gs1.ReasonCheckDigit, "01", 29, "(01) GTIN: the check digit is 4 and should be 3"},
	} {
		_, err := gs1.Parse(c.data)
		refused(t, c.data, err, gs1.Error{Reason: c.reason, AI: c.ai, Offset: c.offset, Message: c.message})
	}
}
