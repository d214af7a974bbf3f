package db_test

import "fmt"

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
