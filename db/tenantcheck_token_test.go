package db_test

import (
	"regexp"
	"slices"
	"strings"
)

// node is a token, or all that stands between two parentheses or brackets, or CASE
// and END.
type node struct {
	text   string // lower case, unless it was quoted
	kind   nodeKind
	inside []node
}

type nodeKind int

const (
	word  nodeKind = iota // an identifier or a keyword
	ident                 // a quoted identifier: never a keyword
	param                 // @name, $1, sqlc.arg(name), sqlc.narg(name)
	value                 // a number or a string
	sign                  // an operator or punctuation
	paren                 // (…)
	other                 // […] or CASE … END
)

var token = regexp.MustCompile(`(?s)^(?:` + strings.Join([]string{
	`(?P<space>\s+|--[^\n]*)`,
	`(?P<dollar>\$[A-Za-z_]*\$)`,
	`(?P<param>@[A-Za-z_][A-Za-z_0-9]*|\$[0-9]+)`,
	`(?P<value>(?:[eEbBxXnN]|[uU]&)?'(?:[^']|'')*'|[0-9][0-9A-Za-z_.]*)`,
	`(?P<quoted>"(?:[^"]|"")*")`,
	`(?P<word>[\pL_][\pL_0-9$]*)`,
	`(?P<sign>::|:=|[-+*/<>=~!@#%^&|` + "`" + `?]+|[.,;:()\[\]])`,
}, "|") + `)`)

func lex(sql string) []node {
	var out []node
	for len(sql) > 0 {
		if strings.HasPrefix(sql, "/*") {
			// They nest, and a filter inside one must not count as a filter.
			refuse("a /* */ comment; use --")
		}
		m := token.FindStringSubmatch(sql)
		if m == nil {
			refuse("cannot read %.20q", sql)
		}
		text := m[0]
		switch {
		case m[token.SubexpIndex("dollar")] != "":
			end := strings.Index(sql[len(text):], text)
			if end < 0 {
				refuse("a string that begins with %s does not end", text)
			}
			text = sql[:len(text)+end+len(text)]
			out = append(out, node{text: text, kind: value})
		case m[token.SubexpIndex("param")] != "":
			out = append(out, node{text: text, kind: param})
		case m[token.SubexpIndex("value")] != "":
			if text[0] != '\'' && strings.Contains(text, `\`) {
				refuse("a string with backslash escapes: %.20q", text)
			}
			out = append(out, node{text: text, kind: value})
		case m[token.SubexpIndex("quoted")] != "":
			out = append(out, node{text: strings.ReplaceAll(text[1:len(text)-1], `""`, `"`), kind: ident})
		case m[token.SubexpIndex("word")] != "":
			out = append(out, node{text: strings.ToLower(text), kind: word})
		case m[token.SubexpIndex("sign")] != "":
			// An operator never contains the start of a comment.
			if i := strings.Index(text, "--"); i > 0 {
				text = text[:i]
			}
			if i := strings.Index(text, "/*"); i > 0 {
				text = text[:i]
			}
			// `=@tenant_id` is two tokens, and sqlc reads it so too.
			if len(text) > 1 && strings.HasSuffix(text, "@") && regexp.MustCompile(`^[A-Za-z_]`).MatchString(sql[len(text):]) {
				text = text[:len(text)-1]
			}
			out = append(out, node{text: text, kind: sign})
		}
		sql = sql[len(text):]
	}
	return out
}

// group turns parentheses, brackets and CASE … END into single nodes, and
// sqlc.arg(name) into a parameter.
func group(tokens []node) []node {
	out, _ := groupUntil(tokens, "")
	return out
}

func groupUntil(tokens []node, end string) (out, rest []node) {
	for len(tokens) > 0 {
		t := tokens[0]
		tokens = tokens[1:]
		switch {
		case end != "" && t.kind != ident && t.kind != value && t.text == end:
			return sqlcParams(out), tokens
		case t.kind == sign && t.text == "(":
			var inside []node
			inside, tokens = groupUntil(tokens, ")")
			out = append(out, node{kind: paren, text: "(…)", inside: inside})
		case t.kind == sign && t.text == "[":
			var inside []node
			inside, tokens = groupUntil(tokens, "]")
			out = append(out, node{kind: other, text: "[…]", inside: inside})
		case t.isAny(")", "]"):
			refuse("a %q too many", t.text)
		case t.kind == word && t.text == "case":
			var inside []node
			inside, tokens = groupUntil(tokens, "end")
			out = append(out, node{kind: other, text: "case…end", inside: inside})
		default:
			out = append(out, t)
		}
	}
	if end != "" {
		refuse("no %q", end)
	}
	return sqlcParams(out), nil
}

func sqlcParams(nodes []node) []node {
	var out []node
	for i := 0; i < len(nodes); i++ {
		if i+3 < len(nodes) && nodes[i].is("sqlc") && nodes[i+1].is(".") && nodes[i+3].kind == paren &&
			len(nodes[i+3].inside) == 1 && (nodes[i+2].is("arg") || nodes[i+2].is("narg")) {
			name := strings.Trim(nodes[i+3].inside[0].text, "'")
			if nodes[i+2].is("narg") {
				name += "?" // may be null, and so is no tenant
			}
			out = append(out, node{kind: param, text: "@" + name})
			i += 3
			continue
		}
		out = append(out, nodes[i])
	}
	return out
}

// is says whether n is this keyword or sign.
func (n node) is(text string) bool {
	return (n.kind == word || n.kind == sign) && n.text == text
}

func (n node) isAny(texts ...string) bool {
	return slices.ContainsFunc(texts, n.is)
}

func (n node) name() bool { return n.kind == word || n.kind == ident }

// at is nodes[i], or a node that is nothing.
func at(nodes []node, i int) node {
	if i < 0 || i >= len(nodes) {
		return node{kind: sign}
	}
	return nodes[i]
}

func split(nodes []node, separator string) [][]node {
	var out [][]node
	var part []node
	for _, n := range nodes {
		if n.is(separator) {
			out = append(out, part)
			part = nil
			continue
		}
		part = append(part, n)
	}
	return append(out, part)
}

func text(nodes []node) string {
	var words []string
	for _, n := range nodes {
		words = append(words, n.text)
	}
	return strings.Join(words, " ")
}
