package db_test

import (
	"fmt"
	"slices"
	"strings"
)

// walk goes through one statement and notes what is wrong with it.
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
