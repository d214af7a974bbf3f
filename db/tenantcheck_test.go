package db_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// tenantCheck reads SQL statements as far as it takes to see that every table in
// them is held to one tenant by a parameter. It is not a SQL parser: it knows the
// clauses of SELECT, INSERT, UPDATE and DELETE and how WITH, set operations, joins
// and subqueries nest. What it does not know it refuses; it never skips.
//
// It is stricter than correctness asks for: `b.tenant_id = a.tenant_id` beside
// `a.tenant_id = @tenant_id` would do on one PostgreSQL, but not for a recursion on
// a sharded engine, and nobody should have to tell the cases apart.
type tenantCheck struct {
	tables map[string]bool // by name; whether it has a column tenant_id
}

// check returns what is wrong with the statements in sql, nil if nothing is.
func (c tenantCheck) check(sql string) (problems []string) {
	defer func() {
		if r := recover(); r != nil {
			refusal, ok := r.(refused)
			if !ok {
				panic(r)
			}
			problems = append(problems, string(refusal))
		}
	}()
	w := &walk{tenantCheck: c}
	for _, statement := range split(group(lex(sql)), ";") {
		if len(statement) > 0 {
			w.query(statement, nil)
		}
	}
	return w.problems
}

// refused is what a walk panics with when it meets SQL that it cannot read.
type refused string

func refuse(format string, args ...any) { panic(refused(fmt.Sprintf(format, args...))) }

// ---- Tokens. ----

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

// ---- Statements. ----

type walk struct {
	tenantCheck
	problems []string
}

func (w *walk) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// source is something in a FROM clause or the table that a statement changes.
type source struct {
	name string // what conditions call it
	// table is set if it is a table that has to be filtered, not a CTE, a function
	// or a subquery.
	table string
}

// query reads anything that can stand in parentheses or alone: WITH, SELECT and set
// operations, VALUES, INSERT, UPDATE, DELETE. ctes are the names that WITH defined
// around it.
func (w *walk) query(q []node, ctes []string) {
	if len(q) == 0 {
		refuse("an empty query")
	}
	if q[0].is("with") {
		q, ctes = w.with(q, ctes)
	}
	switch first := at(q, 0); {
	case first.is("insert"):
		w.insert(q, ctes)
	case first.is("update"):
		w.update(q, ctes)
	case first.is("delete"):
		w.delete(q, ctes)
	case first.isAny("select", "values") || first.kind == paren:
		for _, arm := range arms(q) {
			w.arm(arm, ctes)
		}
	default:
		refuse("cannot read a statement that begins with %q", first.text)
	}
}

// with reads the CTEs of q and returns what comes after them.
func (w *walk) with(q []node, ctes []string) ([]node, []string) {
	ctes = slices.Clone(ctes)
	i := 1
	recursive := at(q, i).is("recursive")
	if recursive {
		i++
	}
	type cte struct {
		name string
		body []node
	}
	var all []cte
	for {
		name := at(q, i)
		if !name.name() {
			refuse("cannot read WITH near %q", name.text)
		}
		if _, table := w.tables[name.text]; table {
			refuse("the CTE %s hides the table %s", name.text, name.text)
		}
		i++
		if at(q, i).kind == paren { // column names
			i++
		}
		if !at(q, i).is("as") {
			refuse("cannot read WITH %s", name.text)
		}
		i++
		for at(q, i).isAny("not", "materialized") {
			i++
		}
		if at(q, i).kind != paren {
			refuse("cannot read WITH %s", name.text)
		}
		all = append(all, cte{name.text, at(q, i).inside})
		i++
		if at(q, i).is("cycle") {
			refuse("a CYCLE clause (WITH %s), which does not run sharded", name.text)
		}
		if at(q, i).is("search") {
			refuse("cannot read a SEARCH clause (WITH %s)", name.text)
		}
		if !at(q, i).is(",") {
			break
		}
		i++
	}
	if recursive {
		for _, cte := range all {
			ctes = append(ctes, cte.name)
		}
	}
	for _, cte := range all {
		w.query(cte.body, ctes)
		if !recursive {
			ctes = append(ctes, cte.name)
		}
	}
	return q[i:], ctes
}

// arms splits at UNION, INTERSECT and EXCEPT. What follows the last arm (ORDER BY,
// LIMIT) stays with it.
func arms(q []node) [][]node {
	var out [][]node
	var arm []node
	for i := 0; i < len(q); i++ {
		if q[i].isAny("union", "intersect", "except") {
			out = append(out, arm)
			arm = nil
			if at(q, i+1).isAny("all", "distinct") {
				i++
			}
			continue
		}
		arm = append(arm, q[i])
	}
	return append(out, arm)
}

// selects are the clauses of a SELECT, in their order.
var selects = []string{"select", "from", "where", "group by", "having", "window", "order by", "limit", "offset", "fetch", "for"}

// clauses cuts q at the given keywords, where they stand outside of parentheses.
func clauses(q []node, keywords ...string) map[string][]node {
	out := map[string][]node{}
	current := ""
	for i := 0; i < len(q); i++ {
		found, skip := "", 0
		for _, keyword := range keywords {
			first, second, two := strings.Cut(keyword, " ")
			if q[i].is(first) && (!two || at(q, i+1).is(second)) {
				found = keyword
				if two {
					skip = 1
				}
			}
		}
		// IS [NOT] DISTINCT FROM.
		if found == "from" && at(q, i-1).is("distinct") && at(q, i-2).isAny("is", "not") {
			found = ""
		}
		// FROM … ROWS FROM (…).
		if found == "from" && current == "from" && at(q, i-1).is("rows") && at(q, i+1).kind == paren {
			found = ""
		}
		// FOR [NO KEY] UPDATE and what follows is the end, whatever words it has.
		if current == "for" {
			found = ""
		}
		if found == "" {
			if current == "" {
				refuse("cannot read %q", text(q))
			}
			out[current] = append(out[current], q[i])
			continue
		}
		if _, twice := out[found]; twice {
			refuse("%s twice in %q", strings.ToUpper(found), text(q))
		}
		out[found] = []node{}
		current = found
		i += skip
	}
	return out
}

// arm reads one SELECT or VALUES of a query.
func (w *walk) arm(arm []node, ctes []string) {
	switch first := at(arm, 0); {
	case first.kind == paren:
		w.query(first.inside, ctes)
		w.subqueries(arm[1:], ctes)
	case first.is("values"):
		w.subqueries(arm[1:], ctes)
	case first.is("select"):
		parts := clauses(arm, selects...)
		for _, n := range parts["select"] {
			if n.is("into") {
				refuse("cannot read SELECT INTO")
			}
		}
		var s scope
		s.from(w, parts["from"], ctes)
		s.where(parts["where"])
		s.judge(w)
		for name, part := range parts {
			if name != "from" {
				w.subqueries(part, ctes)
			}
		}
	default:
		refuse("cannot read %q", text(arm))
	}
}

// subqueries reads every query in parentheses within an expression.
func (w *walk) subqueries(expression []node, ctes []string) {
	for _, n := range expression {
		switch {
		case n.kind == paren && isQuery(n.inside):
			w.query(n.inside, ctes)
		case n.kind == paren || n.kind == other:
			w.subqueries(n.inside, ctes)
		case n.isAny("select", "insert", "delete", "union", "intersect", "except"):
			refuse("%s in the middle of an expression", strings.ToUpper(n.text))
		}
	}
}

// isQuery says whether what stands in parentheses is a query, not an expression, a
// list or a join.
func isQuery(inside []node) bool {
	first := at(inside, 0)
	if first.kind == paren && isQuery(first.inside) {
		// ((SELECT …) UNION (SELECT …)) is one, ((SELECT 1) + 1, 2) is not.
		return len(inside) == 1 || at(inside, 1).isAny("union", "intersect", "except")
	}
	return first.isAny("select", "with", "values", "insert", "update", "delete", "table", "merge")
}

func (w *walk) update(q []node, ctes []string) {
	// In FOR UPDATE and ON CONFLICT DO UPDATE the word is not at the start.
	parts := clauses(q, "update", "set", "from", "where", "returning")
	var s scope
	s.target(w, parts["update"])
	s.from(w, parts["from"], ctes)
	s.where(parts["where"])
	s.judge(w)
	w.assignments(parts["set"])
	for _, name := range []string{"set", "where", "returning"} {
		w.subqueries(parts[name], ctes)
	}
}

// assignments are those of SET: a row must not move to another tenant.
func (w *walk) assignments(set []node) {
	for _, assignment := range split(set, ",") {
		targets := assignment[:min(1, len(assignment))]
		if at(targets, 0).kind == paren {
			targets = targets[0].inside
		}
		for _, target := range targets {
			if target.name() && target.text == "tenant_id" {
				w.problem("SET tenant_id: a row must not change its tenant")
			}
		}
	}
}

func (w *walk) delete(q []node, ctes []string) {
	if !at(q, 1).is("from") {
		refuse("cannot read %q", text(q))
	}
	parts := clauses(slices.Delete(slices.Clone(q), 1, 2), "delete", "using", "where", "returning")
	var s scope
	s.target(w, parts["delete"])
	s.from(w, parts["using"], ctes)
	s.where(parts["where"])
	s.judge(w)
	w.subqueries(parts["where"], ctes)
	w.subqueries(parts["returning"], ctes)
}

func (w *walk) insert(q []node, ctes []string) {
	if !at(q, 1).is("into") {
		refuse("cannot read %q", text(q))
	}
	// Cut off what follows the rows first: the words of ON CONFLICT … DO UPDATE SET
	// … WHERE would look like a statement of their own.
	end := len(q)
	for i := range q {
		if q[i].is("returning") || q[i].is("on") && at(q, i+1).is("conflict") {
			end = i
			break
		}
	}
	tail := q[end:]
	q = q[:end]

	i := 2
	table := at(q, i)
	if !table.name() || at(q, i+1).is(".") {
		refuse("cannot read %q", text(q))
	}
	i++
	known, found := w.tables[table.text]
	if !found {
		refuse("no migration creates a table %q", table.text)
	}
	if at(q, i).is("as") {
		i += 2
	}
	if at(q, i).kind != paren {
		refuse("INSERT INTO %s without a list of columns", table.text)
	}
	column := -1
	for n, c := range split(at(q, i).inside, ",") {
		if len(c) == 1 && c[0].name() && c[0].text == "tenant_id" {
			column = n
		}
	}
	i++
	switch {
	case !known:
		w.problem("table %s has no tenant_id", table.text)
	case column < 0:
		w.problem("INSERT INTO %s without tenant_id", table.text)
	}
	rows := q[i:]
	if at(rows, 0).is("default") {
		refuse("cannot read INSERT … DEFAULT VALUES")
	}
	if len(rows) == 1 && rows[0].kind == paren {
		rows = rows[0].inside
	}
	if known && column >= 0 {
		w.inserted(table.text, column, rows)
	}
	w.query(rows, ctes)

	parts := clauses(tail, "on conflict", "do update", "set", "returning")
	w.assignments(parts["set"])
	for _, part := range parts {
		w.subqueries(part, ctes)
	}
}

// inserted checks that in every row the value for tenant_id is the parameter.
func (w *walk) inserted(table string, column int, rows []node) {
	if at(rows, 0).is("with") {
		quiet := &walk{tenantCheck: w.tenantCheck} // what is wrong in it, query reports
		rows, _ = quiet.with(rows, nil)
	}
	for _, arm := range arms(rows) {
		var lists [][]node
		switch {
		case at(arm, 0).is("values"):
			for _, row := range split(arm[1:], ",") {
				if len(row) != 1 || row[0].kind != paren {
					refuse("cannot read VALUES %q", text(row))
				}
				lists = append(lists, row[0].inside)
			}
		case at(arm, 0).is("select"):
			list := clauses(arm, selects...)["select"]
			if at(list, 0).isAny("distinct", "all") {
				list = list[1:]
				if at(list, 0).is("on") {
					list = list[min(2, len(list)):]
				}
			}
			lists = append(lists, list)
		default:
			refuse("cannot read the rows of INSERT INTO %s: %q", table, text(arm))
		}
		for _, list := range lists {
			values := split(list, ",")
			if column >= len(values) {
				w.problem("INSERT INTO %s: no value for tenant_id", table)
				continue
			}
			v := values[column]
			for i := range v { // drop an alias
				if v[i].is("as") {
					v = v[:i]
					break
				}
			}
			if !tenantParam(v) {
				w.problem("INSERT INTO %s: tenant_id is %q, not @tenant_id", table, text(v))
			}
		}
	}
}

// ---- Tables and conditions. ----

// scope is one FROM … WHERE: the sources in it, and which of them are held to the
// tenant.
type scope struct {
	sources []source
	held    map[string]bool
}

// target adds the table that UPDATE or DELETE changes.
func (s *scope) target(w *walk, t []node) {
	rest := s.primary(w, t, nil)
	if len(rest) > 0 || len(s.sources) != 1 {
		refuse("cannot read %q", text(t))
	}
}

var joins = []string{"join", "inner", "left", "right", "full", "cross", "natural"}

// from reads a FROM (or USING) clause.
func (s *scope) from(w *walk, from []node, ctes []string) {
	if len(from) == 0 {
		return
	}
	for _, item := range split(from, ",") {
		start := len(s.sources)
		item = s.primary(w, item, ctes)
		for len(item) > 0 {
			var kind string
			for !at(item, 0).is("join") {
				if len(item) == 0 || !item[0].isAny("inner", "left", "right", "full", "cross", "outer") {
					refuse("cannot read FROM near %q", text(item))
				}
				if !item[0].is("outer") {
					kind = item[0].text
				}
				item = item[1:]
			}
			right := len(s.sources)
			item = s.primary(w, item[1:], ctes)
			if at(item, 0).is("using") {
				if at(item, 1).kind != paren {
					refuse("cannot read FROM near %q", text(item))
				}
				item = item[2:]
				if at(item, 0).is("as") {
					item = item[min(2, len(item)):]
				}
				continue
			}
			if !at(item, 0).is("on") {
				if kind != "cross" {
					refuse("a join without its ON: %q", text(item))
				}
				continue
			}
			end := 1
			for end < len(item) && !(item[end].isAny(joins...) && at(item, end+1).kind != paren) {
				end++
			}
			on := item[1:end]
			item = item[end:]
			w.subqueries(on, ctes)
			// An outer join's condition does not drop rows of the side that it keeps.
			switch kind {
			case "", "inner":
				s.hold(on, s.sources[start:])
			case "left":
				s.hold(on, s.sources[right:])
			case "right":
				s.hold(on, s.sources[start:right])
			}
		}
	}
}

// primary reads one source with its alias and returns what follows.
func (s *scope) primary(w *walk, item []node, ctes []string) []node {
	for at(item, 0).isAny("only", "lateral") {
		item = item[1:]
	}
	first := at(item, 0)
	var src source
	switch {
	case first.kind == paren && isQuery(first.inside):
		w.query(first.inside, ctes)
		item = item[1:]
	case first.kind == paren: // (a JOIN b ON …)
		s.from(w, first.inside, ctes)
		return item[1:]
	case first.is("rows") && at(item, 1).is("from"):
		w.subqueries(item[2:min(3, len(item))], ctes)
		item = item[min(3, len(item)):]
	case first.name() && at(item, 1).kind == paren: // a function
		w.subqueries(item[1:2], ctes)
		src.name = first.text
		item = item[2:]
	case first.name():
		if at(item, 1).is(".") {
			refuse("a table with its schema: %q", text(item))
		}
		src.name = first.text
		if !slices.Contains(ctes, first.text) {
			tenant, found := w.tables[first.text]
			if !found {
				refuse("no migration creates a table %q", first.text)
			}
			if !tenant {
				w.problem("table %s has no tenant_id", first.text)
			} else {
				src.table = first.text
			}
		}
		item = item[1:]
	default:
		refuse("cannot read FROM near %q", text(item))
	}
	if at(item, 0).is("with") && at(item, 1).is("ordinality") {
		item = item[2:]
	}
	if at(item, 0).is("as") {
		item = item[1:]
		if !at(item, 0).name() && at(item, 0).kind != paren {
			refuse("cannot read an alias near %q", text(item))
		}
	}
	if at(item, 0).kind == ident || at(item, 0).kind == word && !at(item, 0).isAny(append(joins, "on", "using", "tablesample", "outer")...) {
		src.name = item[0].text
		item = item[1:]
	}
	if at(item, 0).kind == paren { // column names
		if src.table != "" {
			refuse("table %s with other names for its columns", src.table)
		}
		item = item[1:]
	}
	s.sources = append(s.sources, src)
	return item
}

// where takes the conditions of a WHERE clause, which hold for every source.
func (s *scope) where(where []node) { s.hold(where, s.sources) }

// hold notes which of sources the condition holds to the tenant.
func (s *scope) hold(condition []node, sources []source) {
	if s.held == nil {
		s.held = map[string]bool{}
	}
	for _, part := range conjuncts(condition) {
		if len(part) == 1 && part[0].kind == paren && !isQuery(part[0].inside) {
			s.hold(part[0].inside, sources)
			continue
		}
		sides := split(part, "=")
		if len(sides) != 2 {
			continue
		}
		pairs := [][2][]node{{sides[0], sides[1]}}
		if l, r := sides[0], sides[1]; len(l) == 1 && len(r) == 1 && l[0].kind == paren && r[0].kind == paren {
			// (a.tenant_id, a.id) = (@tenant_id, @id)
			ls, rs := split(l[0].inside, ","), split(r[0].inside, ",")
			if len(ls) != len(rs) {
				continue
			}
			pairs = nil
			for i := range ls {
				pairs = append(pairs, [2][]node{ls[i], rs[i]})
			}
		}
		for _, pair := range pairs {
			column, other := pair[0], pair[1]
			if tenantParam(column) {
				column, other = other, column
			}
			if !tenantParam(other) {
				continue
			}
			switch {
			case len(column) == 1 && column[0].name() && column[0].text == "tenant_id":
				// Unqualified, it is clear whose it is only where there is one table.
				if tables := s.tables(); len(tables) == 1 && slices.Contains(sources, tables[0]) {
					s.held[tables[0].name] = true
				}
			case len(column) == 3 && column[0].name() && column[1].is(".") && column[2].name() && column[2].text == "tenant_id":
				for _, src := range sources {
					if src.name == column[0].text {
						s.held[src.name] = true
					}
				}
			}
		}
	}
}

// conjuncts are the parts of a condition that all have to be true; none, if there is
// an OR among them.
func conjuncts(condition []node) [][]node {
	var out [][]node
	var part []node
	between := false
	for _, n := range condition {
		switch {
		case n.is("or"):
			return nil
		case n.is("between"):
			between = true
		case n.is("and") && between:
			between = false
		case n.is("and"):
			out = append(out, part)
			part = nil
			continue
		}
		part = append(part, n)
	}
	return append(out, part)
}

// tenantParam says whether an expression is the tenant's parameter and nothing else,
// a cast aside.
func tenantParam(e []node) bool {
	if len(e) == 3 && e[1].is("::") && e[2].name() {
		e = e[:1]
	}
	return len(e) == 1 && e[0].kind == param && e[0].text == "@tenant_id"
}

func (s *scope) tables() []source {
	var out []source
	for _, src := range s.sources {
		if src.table != "" {
			out = append(out, src)
		}
	}
	return out
}

// judge reports the tables that nothing holds to the tenant.
func (s *scope) judge(w *walk) {
	seen := map[string]bool{}
	for _, src := range s.sources {
		if src.name != "" && seen[src.name] {
			refuse("two sources are called %s", src.name)
		}
		seen[src.name] = true
	}
	for _, src := range s.tables() {
		if s.held[src.name] {
			continue
		}
		called := src.table
		if src.name != src.table {
			called += " " + src.name
		}
		w.problem("%s is read or changed without %s.tenant_id = @tenant_id", called, src.name)
	}
}
