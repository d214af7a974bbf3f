package db_test

import "slices"

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
