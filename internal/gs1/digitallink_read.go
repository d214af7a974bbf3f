package gs1

import (
	"slices"
	"strings"
)

// linkOptions are the forms of a Digital Link that GS1 has given up.
type linkOptions struct{ shortGTINs, alphas bool }

// alphas are the words that once could stand for AIs.
var alphas = map[string]string{
	"sscc": "00", "gtin": "01", "cpv": "22", "lot": "10", "ser": "21", "tpx": "235",
	"gdti": "253", "glnx": "254", "gcn": "255", "ginc": "401", "gsin": "402",
	"gln": "414", "payTo": "415", "grai": "8003", "giai": "8004", "itip": "8006",
	"cpid": "8010", "cpsn": "8011", "gmn": "8013", "gsrnp": "8017", "gsrn": "8018",
	"srin": "8019", "refno": "8020",
}

// schemeEnd is where the domain of a web URI begins; 0 if the text is none.
func schemeEnd(text string) int {
	for _, scheme := range []string{"https://", "http://"} {
		if len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

func isURI(text string) bool { return schemeEnd(text) > 0 }

// part is a piece of a URI and where it begins in the input.
type part struct {
	text string
	at   int
}

// split cuts a part at each separator.
func (p part) split(separator string) []part {
	var all []part
	at := p.at
	for _, text := range strings.Split(p.text, separator) {
		all = append(all, part{text, at})
		at += len(text) + len(separator)
	}
	return all
}

// cut cuts a part at the first separator.
func (p part) cut(separator string) (before, after part, found bool) {
	b, a, found := strings.Cut(p.text, separator)
	return part{b, p.at}, part{a, p.at + len(p.text) - len(a)}, found
}

// readDigitalLink reads a Digital Link URI, of any domain and below any path: the
// key is the rightmost of the path, its qualifiers follow it, and the query has
// attributes. Parameters of the query whose names have no digits only are not
// GS1's and passed over.
func readDigitalLink(data string, start int, options linkOptions) ([]field, error) {
	uri := part{data[start:], start}
	if err := checkURI(uri); err != nil {
		return nil, err
	}
	uri, _, _ = uri.cut("#")
	uri, query, hasQuery := uri.cut("?")
	domain := schemeEnd(uri.text)
	_, path, hasPath := part{uri.text[domain:], uri.at + domain}.cut("/")
	if !hasPath {
		return nil, fail(ReasonDigitalLink, path.at, "the URI has a domain only: a GS1 Digital Link has a key in its path, such as /01/09521234543213")
	}
	fields, err := readPath(path, options)
	if err != nil || !hasQuery {
		return fields, err
	}
	for _, parameter := range query.split("&") {
		key, value, _ := parameter.cut("=")
		ai := options.ai(key.text)
		if ai == "" || strings.Trim(ai, digits) != "" {
			continue
		}
		f, err := readLinkValue(part{ai, key.at}, value, inQuery, options)
		if err != nil {
			return nil, err
		}
		if !dictionary[ai].attribute {
			return nil, &Error{Reason: ReasonDigitalLink, AI: ai, Offset: f.at, Message: name(ai) + " cannot stand in the query of a GS1 Digital Link"}
		}
		if slices.ContainsFunc(fields, func(other field) bool { return other.AI == ai }) {
			return nil, &Error{Reason: ReasonRepeatedAI, AI: ai, Offset: f.at, Message: name(ai) + ": comes twice"}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// checkURI looks at the characters: those of RFC 3986, and fewer in the domain.
func checkURI(uri part) error {
	for i := range len(uri.text) {
		if strings.IndexByte(unreserved+":/?#[]@!$&'()*+,;=%", uri.text[i]) < 0 {
			return fail(ReasonCharacter, uri.at+i, "%s cannot stand in a URI: write it in percent-encoding", quote(uri.text, i))
		}
	}
	start := schemeEnd(uri.text)
	domain := uri.text[start:]
	domain = domain[:len(domain)-len(strings.TrimLeft(domain, unreserved+":[]"))]
	switch end := start + len(domain); {
	case domain == "":
		return fail(ReasonDigitalLink, uri.at+start, "the URI has no domain")
	case end < len(uri.text) && strings.IndexByte("/?#", uri.text[end]) < 0:
		return fail(ReasonCharacter, uri.at+end, "%s cannot stand in the domain of a GS1 Digital Link", quote(uri.text, end))
	}
	return nil
}

// readPath finds the key, and reads it with its qualifiers.
func readPath(path part, options linkOptions) ([]field, error) {
	segments := path.split("/")
	keyAt := len(segments) - 2
	for ; keyAt >= 0; keyAt -= 2 {
		if d := dictionary[options.ai(segments[keyAt].text)]; d != nil && d.key {
			break
		}
	}
	if keyAt < 0 {
		end := path.at + len(path.text)
		if strings.HasSuffix(path.text, "/") {
			return nil, fail(ReasonDigitalLink, end-1, "a GS1 Digital Link does not end in a slash")
		}
		return nil, fail(ReasonDigitalLink, end, "the path of a GS1 Digital Link ends in a key with its value, such as /01/09521234543213, and qualifiers of the key; this one does not")
	}
	var fields []field
	var names []string
	for i := keyAt; i < len(segments); i += 2 {
		ai := options.ai(segments[i].text)
		f, err := readLinkValue(part{ai, segments[i].at}, segments[i+1], inPath, options)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
		if i > keyAt {
			names = append(names, ai)
		}
		if orders := dictionary[fields[0].AI].qualifiers; !inOrder(names, orders) {
			return nil, &Error{Reason: ReasonDigitalLink, AI: ai, Offset: f.at, Message: "in the path, " + name(fields[0].AI) + " can be followed by " + describe(orders)}
		}
	}
	return fields, nil
}

// inOrder says whether the names stand in one of the orders, some of which may be
// missing.
func inOrder(names []string, orders [][]string) bool {
	return len(names) == 0 || slices.ContainsFunc(orders, func(order []string) bool {
		i := 0
		for _, ai := range order {
			if i < len(names) && names[i] == ai {
				i++
			}
		}
		return i == len(names)
	})
}

// describe says in words which qualifiers there may be.
func describe(orders [][]string) string {
	var texts []string
	for _, order := range orders {
		texts = append(texts, strings.Join(order, ", "))
	}
	if len(texts) == 0 {
		return "nothing"
	}
	return strings.Join(texts, "; or by ") + "; in this order"
}

// ai is the AI that a name in a URI stands for.
func (o linkOptions) ai(name string) string {
	if ai, known := alphas[name]; known && o.alphas {
		return ai
	}
	return name
}

// readLinkValue reads a value from a URI.
func readLinkValue(ai, raw part, where place, options linkOptions) (field, error) {
	d := dictionary[ai.text]
	if d == nil {
		return field{}, fail(ReasonUnknownAI, ai.at, "there is no application identifier %s", brief(ai.text))
	}
	value, offsets := decode(raw.text, where)
	padding := 0
	if options.shortGTINs && (ai.text == "01" || ai.text == "02") && isGTIN(value) {
		padding = 14 - len(value) // the check digit stays the same
	}
	f := field{
		Element: Element{AI: ai.text, Value: strings.Repeat("0", padding) + value},
		at:      ai.at,
		offset:  func(i int) int { return raw.at + offsets[max(i-padding, 0)] },
	}
	return f, f.check(d)
}
