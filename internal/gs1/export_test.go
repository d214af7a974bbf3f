package gs1

// For tests, which stand outside: rules by name, and the table as it is understood.

// CheckRule holds a text against a rule or a character set of ais.txt.
func CheckRule(rule, text string) (reason string, at int) {
	var f *fault
	if len(rule) == 1 {
		f = checkCharacters(rule[0], text)
	} else {
		f = rules[rule](text)
	}
	if f == nil {
		return "", 0
	}
	return f.reason, f.at
}

// Codes is how many a rule knows.
func Codes(rule string) int {
	return len(map[string]map[string]bool{
		"country": countries, "country2": countryLetters, "currency": currencies, "package": packageTypes,
	}[rule])
}

// Entry is a line of the table.
type Entry struct {
	Title                      string
	Components                 []Component
	Needs                      [][]string
	Excludes                   []string
	Key, Attribute, Predefined bool
	Qualifiers                 [][]string
}

type Component struct {
	Set         string
	Least, Most int
	Optional    bool
	Rules       []string
}

// Table is the whole dictionary.
func Table() map[string]Entry {
	all := make(map[string]Entry)
	for ai, d := range dictionary {
		e := Entry{
			Title: d.title, Needs: d.needs, Excludes: d.excludes, Key: d.key,
			Attribute: d.attribute, Predefined: predefined(ai), Qualifiers: d.qualifiers,
		}
		for _, c := range d.components {
			e.Components = append(e.Components, Component{string(c.set), c.least, c.most, c.optional, c.rules})
		}
		all[ai] = e
	}
	return all
}

func EncodePath(value string) string  { return encode(value, inPath) }
func EncodeQuery(value string) string { return encode(value, inQuery) }

func DecodePath(text string) string {
	value, _ := decode(text, inPath)
	return value
}

func DecodeQuery(text string) string {
	value, _ := decode(text, inQuery)
	return value
}
