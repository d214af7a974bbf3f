package db_test

import "slices"

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
