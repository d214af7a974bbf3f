package gs1

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed ais.txt
var aisText string

// dictionary has what is known of each AI.
var dictionary = readDictionary(aisText)

// digitsOfAI says how long an AI is, by its first two digits: all AIs that begin
// with the same two have the same length.
var digitsOfAI = func() map[string]int {
	digits := make(map[string]int)
	for ai := range dictionary {
		digits[ai[:2]] = len(ai)
	}
	return digits
}()

// definition is what is known of an AI.
type definition struct {
	title      string
	components []component
	// unit is that of a measure with implied decimals, as a UN/ECE Rec 20 code.
	unit string
	// needs are groups of which one has to be there, excludes what must not.
	// 31nn stands for all that begin with 31.
	needs    [][]string
	excludes []string
	// key says that a Digital Link may be built on it, with one of the orders of
	// qualifiers; attribute, that it may stand in a Digital Link's query.
	key        bool
	qualifiers [][]string
	attribute  bool
}

// component is a part of a value that has rules of its own.
type component struct {
	set         byte // n, x, y or z, see characterSets
	least, most int
	optional    bool
	rules       []string
}

// Title is the data title of an AI, such as BATCH/LOT; "" if it has none or is not
// known.
func Title(ai string) string {
	if d := dictionary[ai]; d != nil {
		return d.title
	}
	return ""
}

// predefined says that an AI's value has a length that no FNC1 has to end, however
// the AI may be assigned: the first two digits tell (GS1 General Specifications,
// figure 7.8.5-2).
func predefined(ai string) bool {
	switch ai[:2] {
	case "00", "01", "02", "03", "04",
		"11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
		"31", "32", "33", "34", "35", "36", "41":
		return true
	}
	return false
}

// length is that of a value whose length is predefined.
func (d *definition) length() int {
	sum := 0
	for _, c := range d.components {
		sum += c.most
	}
	return sum
}

// date returns the rule for the date that is all of the value; "" if it is none.
func (d *definition) date() string {
	if len(d.components) != 1 {
		return ""
	}
	for _, rule := range d.components[0].rules {
		if rule == "date" || rule == "date0" {
			return rule
		}
	}
	return ""
}

// matches says whether an AI is meant by a pattern such as 310n or 01.
func matches(pattern, ai string) bool {
	return len(ai) == len(pattern) && strings.HasPrefix(ai, strings.TrimRight(pattern, "n"))
}

// readDictionary panics at a line that it does not understand: the table is ours.
func readDictionary(text string) map[string]*definition {
	all := make(map[string]*definition)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		columns := append(strings.Split(line, "|"), "", "", "", "", "", "")
		for i := range columns {
			columns[i] = strings.TrimSpace(columns[i])
		}
		d := &definition{title: columns[2], unit: columns[3], excludes: strings.Fields(columns[5])}
		for _, part := range strings.Fields(columns[1]) {
			d.components = append(d.components, readComponent(part))
		}
		for _, group := range strings.Fields(columns[4]) {
			d.needs = append(d.needs, strings.Split(group, "+"))
		}
		for _, use := range strings.Split(columns[6], ", ") {
			orders, isKey := strings.CutPrefix(use, "key")
			d.key = d.key || isKey
			d.attribute = d.attribute || use == "attr"
			if isKey && orders != "" {
				for _, order := range strings.Split(orders, " or ") {
					d.qualifiers = append(d.qualifiers, strings.Split(strings.TrimSpace(order), ">"))
				}
			}
		}
		from, to, isRange := strings.Cut(columns[0], "-")
		if !isRange {
			to = from
		}
		for n := number(from); n <= number(to); n++ {
			all[fmt.Sprintf("%0*d", len(from), n)] = d
		}
	}
	return all
}

// readComponent reads n14:check:company2, x..20 or n3:country?.
func readComponent(text string) component {
	text, optional := strings.CutSuffix(text, "?")
	parts := strings.Split(text, ":")
	c := component{set: parts[0][0], optional: optional, rules: parts[1:]}
	least, most, isRange := strings.Cut(parts[0][1:], "..")
	if isRange {
		c.least, c.most = 1, number(most)
	} else {
		c.least, c.most = number(least), number(least)
	}
	unknown := slices.ContainsFunc(c.rules, func(r string) bool { return rules[r] == nil })
	if characterSets[c.set] == "" || unknown {
		panic("gs1: component " + text)
	}
	return c
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic("gs1: " + err.Error())
	}
	return n
}
