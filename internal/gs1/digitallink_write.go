package gs1

import (
	"cmp"
	"slices"
	"strings"
)

// CanonicalStem is what canonical Digital Link URIs begin with.
const CanonicalStem = "https://id.gs1.org"

// DigitalLink writes the elements as a Digital Link URI below a stem, a domain with
// or without a path such as https://example.com/items; "" is the canonical one. The
// path has the first key with its qualifiers, the query the rest, first those of
// predefined length. It refuses elements that make no Digital Link: without a key,
// or with one that can stand neither in the path nor in the query.
func (e Elements) DigitalLink(stem string) (string, error) {
	if err := e.check(); err != nil {
		return "", err
	}
	stem = strings.TrimRight(cmp.Or(stem, CanonicalStem), "/")
	if !isURI(stem) || strings.ContainsAny(stem, "?#") || checkURI(part{text: stem}) != nil {
		return "", fail(ReasonDigitalLink, 0, "%q cannot begin a GS1 Digital Link: give https:// and a domain", stem)
	}
	all := e.once()
	var refused error
	for _, key := range all {
		if !dictionary[key.AI].key {
			continue
		}
		for _, path := range all.paths(key) {
			uri, err := all.link(stem, path)
			if err == nil {
				return uri, nil
			}
			refused = cmp.Or(refused, err)
		}
	}
	if refused == nil {
		refused = fail(ReasonDigitalLink, 0, "no element is the key of a GS1 Digital Link, such as a GTIN (01) or an SSCC (00)")
	}
	return "", refused
}

// paths are the ways to follow a key by those of its qualifiers that are there,
// the longest first.
func (e Elements) paths(key Element) []Elements {
	all := []Elements{{key}}
	for _, order := range dictionary[key.AI].qualifiers {
		path := Elements{key}
		for _, ai := range order {
			if value, has := e.Value(ai); has {
				path = append(path, Element{AI: ai, Value: value})
			}
		}
		all = append(all, path)
	}
	slices.SortStableFunc(all, func(a, b Elements) int { return len(b) - len(a) })
	return all
}

// link writes the elements of the path, and all others into the query.
func (e Elements) link(stem string, path Elements) (string, error) {
	var b, query, queryLater strings.Builder
	b.WriteString(stem)
	for _, element := range path {
		b.WriteString("/" + element.AI + "/" + encode(element.Value, inPath))
	}
	for _, element := range e {
		switch ai := element.AI; {
		case slices.Contains(path, element):
		case !dictionary[ai].attribute:
			return "", &Error{Reason: ReasonDigitalLink, AI: ai, Message: name(ai) + " cannot stand in a GS1 Digital Link of " + name(path[0].AI)}
		case predefined(ai):
			query.WriteString("&" + ai + "=" + encode(element.Value, inQuery))
		default:
			queryLater.WriteString("&" + ai + "=" + encode(element.Value, inQuery))
		}
	}
	if rest := query.String() + queryLater.String(); rest != "" {
		b.WriteString("?" + rest[1:])
	}
	return b.String(), nil
}
