package gs1

import "fmt"

// Reasons of an Error: constants that a caller may rely on.
const (
	ReasonNotRecognized = "GS1_NOT_RECOGNIZED" // no form of GS1 data
	ReasonSymbology     = "GS1_SYMBOLOGY"      // a symbology identifier that carries no GS1 data
	ReasonEmpty         = "GS1_EMPTY"          // no element
	ReasonUnknownAI     = "GS1_UNKNOWN_AI"
	ReasonBrackets      = "GS1_BRACKETS"     // text in brackets that cannot be taken apart
	ReasonDigitalLink   = "GS1_DIGITAL_LINK" // a URI that is no GS1 Digital Link, or elements that make none
	ReasonLength        = "GS1_LENGTH"
	ReasonCharacter     = "GS1_CHARACTER"
	ReasonCheckDigit    = "GS1_CHECK_DIGIT" // or check character pair, or check digits of an IBAN
	ReasonCompanyPrefix = "GS1_COMPANY_PREFIX"
	ReasonDate          = "GS1_DATE"
	ReasonTime          = "GS1_TIME"
	ReasonCode          = "GS1_CODE"        // not in the list of codes (countries, currencies, packages, …)
	ReasonValue         = "GS1_VALUE"       // any other rule for a value
	ReasonMissingAI     = "GS1_MISSING_AI"  // an element needs another one
	ReasonExcludedAI    = "GS1_EXCLUDED_AI" // two elements that must not stand together
	ReasonRepeatedAI    = "GS1_REPEATED_AI" // one AI with two values
)

// Error says what is wrong with data, where, and what would be right. All errors
// of this package are of this type.
type Error struct {
	// Reason is one of the constants above.
	Reason string
	// AI is the application identifier concerned; "" where none is.
	AI string
	// Offset is the byte of the input at which it goes wrong, from 0. It is the
	// length of the input where something is missing at its end.
	Offset int
	// Message is a sentence for people. What it quotes is quoted safely.
	Message string
}

func (e *Error) Error() string { return e.Message }

func fail(reason string, offset int, format string, args ...any) *Error {
	return &Error{Reason: reason, Offset: offset, Message: fmt.Sprintf(format, args...)}
}

// fault is what a rule finds wrong in a value, at a byte of that value.
type fault struct {
	reason string
	at     int
	text   string
}

func wrong(reason string, at int, format string, args ...any) *fault {
	return &fault{reason: reason, at: at, text: fmt.Sprintf(format, args...)}
}

// after moves the fault of a part of a value to its place in the whole.
func (f *fault) after(n int) *fault {
	if f != nil {
		f.at += n
	}
	return f
}

// of makes it the error of an element, whose value begins at offset.
func (f *fault) of(ai string, offset func(int) int) *Error {
	return &Error{Reason: f.reason, AI: ai, Offset: offset(f.at), Message: name(ai) + ": " + f.text}
}

// name is how an AI is called in messages: (10) BATCH/LOT.
func name(ai string) string {
	if title := Title(ai); title != "" {
		return "(" + ai + ") " + title
	}
	return "(" + ai + ")"
}
