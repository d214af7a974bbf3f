package listing

// Condition is what stands behind WHERE for a filter, with its parameters from $1.
func (l List) Condition(filter string) (string, []any, error) {
	params := &params{}
	text, err := l.condition(filter, params)
	return text, params.values, err
}

// Around is the statement that a view of a list makes of a query.
func (l List) Around(filter, by string, after []*string, sql string, args ...any) (string, []any, error) {
	terms, err := l.order(by)
	if err != nil {
		return "", nil, err
	}
	return (&View{list: l, filter: filter, terms: terms, after: after}).around(sql, args)
}
