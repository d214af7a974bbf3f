package gs1

import (
	"slices"
	"strings"
)

// CheckTogether holds the elements of all the symbols on one thing against what
// has to stand and must not stand together: a lot number needs the GTIN that it is
// of, a count the GTIN of what is counted, and a price has one value. An error is
// an *Error, without an offset.
func CheckTogether(elements Elements) error {
	if err := checkTogether(elements); err != nil {
		return err
	}
	return nil
}

func checkTogether(elements Elements) *Error {
	for _, element := range elements {
		ai, d := element.AI, dictionary[element.AI]
		if d == nil {
			return &Error{Reason: ReasonUnknownAI, AI: ai, Message: name(ai) + ": there is no such application identifier"}
		}
		for _, other := range elements {
			if other.AI == ai && other.Value != element.Value {
				return &Error{Reason: ReasonRepeatedAI, AI: ai, Message: name(ai) + ": comes twice, with different values"}
			}
			excluded := func(pattern string) bool { return matches(pattern, other.AI) }
			if other.AI != ai && slices.ContainsFunc(d.excludes, excluded) {
				return &Error{Reason: ReasonExcludedAI, AI: ai, Message: name(ai) + ": must not stand together with " + name(other.AI)}
			}
		}
		if len(d.needs) > 0 && !slices.ContainsFunc(d.needs, elements.hasAll) {
			return &Error{Reason: ReasonMissingAI, AI: ai, Message: name(ai) + ": has to stand together with " + groups(d.needs)}
		}
	}
	return elements.checkSignature()
}

// hasAll says whether there is an element for each of the patterns.
func (e Elements) hasAll(patterns []string) bool {
	for _, pattern := range patterns {
		if !slices.ContainsFunc(e, func(element Element) bool { return matches(pattern, element.AI) }) {
			return false
		}
	}
	return true
}

// checkSignature: a digital signature (8030) is of one thing, so a key with an
// optional serial component has to have it.
func (e Elements) checkSignature() *Error {
	if !e.has("8030") {
		return nil
	}
	for _, key := range []string{"253", "255", "8003"} {
		if value, has := e.Value(key); has && !hasSerial(dictionary[key], value) {
			return &Error{Reason: ReasonMissingAI, AI: key, Message: name(key) + ": needs its serial component, since " + name("8030") + " signs one single thing"}
		}
	}
	return nil
}

// hasSerial says whether a value goes on after what it has to have.
func hasSerial(d *definition, value string) bool {
	required := 0
	for _, c := range d.components {
		if !c.optional {
			required += c.most
		}
	}
	return len(value) > required
}

// groups says in words what is needed: (01), (02) or (03) and (21).
func groups(needs [][]string) string {
	texts := make([]string, len(needs))
	for i, group := range needs {
		texts[i] = "(" + strings.Join(group, ") and (") + ")"
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " or " + texts[len(texts)-1]
}
