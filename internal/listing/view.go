package listing

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Request is the request of a list that can be filtered and ordered.
type Request interface {
	page.Request
	GetFilter() string
	GetOrderBy() string
}

// View is a page of a list as a request wants it.
type View struct {
	// plain has nothing of its own: the list as it is.
	plain  bool
	list   List
	filter string
	terms  []Term
	// after are the values of the terms in the last row of the page before, if any.
	after []*string
	// keys are those of each row that was read.
	keys [][]*string
}

// Open reads filter, order_by and page_token of a request. Where neither a filter nor an
// order is asked for, the token is read into after, as page.Decode does, and the view
// does nothing. Else after stays as it is: the query is to begin at the beginning.
// Refusals: INVALID_FILTER, INVALID_ORDER, BAD_PAGE_TOKEN.
func (l List) Open(req Request, after any) (*View, error) {
	if strings.TrimSpace(req.GetFilter()) == "" && strings.TrimSpace(req.GetOrderBy()) == "" {
		_, err := page.Decode(req, after)
		return &View{plain: true}, err
	}
	v := &View{list: l, filter: req.GetFilter()}
	if strings.TrimSpace(v.filter) != "" {
		// What is wrong with it is to be told before anything is asked.
		if _, err := l.condition(v.filter, &params{}); err != nil {
			return nil, err
		}
	}
	var err error
	if v.terms, err = l.order(req.GetOrderBy()); err != nil {
		return nil, err
	}
	resumed, err := page.Decode(req, &v.after)
	if err != nil || !resumed {
		return v, err
	}
	return v, v.check()
}

// check refuses a token that this order has none of: it was made up, for it passed as
// one of this request.
func (v *View) check() error {
	if len(v.after) != len(v.terms) {
		return page.BadToken()
	}
	for i, value := range v.after {
		if value == nil && v.terms[i].nullable() {
			continue
		}
		if value == nil {
			return page.BadToken()
		}
		if _, err := parse(v.terms[i].Type, *value); err != nil {
			return page.BadToken()
		}
	}
	return nil
}

// Plain tells whether neither a filter nor an order was asked for.
func (v *View) Plain() bool { return v.plain }

// Token is the token of the page behind row i of those that were read, whose key is
// given for where nothing was asked for.
func (v *View) Token(req Request, i int, key any) (string, error) {
	if v.plain {
		return page.Encode(req, key)
	}
	return page.Encode(req, v.keys[i])
}

// Read runs fn with the queries that the list is to be read with.
func (v *View) Read(ctx context.Context, db *pg.DB, fn func(*queries.Queries) error) error {
	if v.plain {
		return fn(queries.New(db))
	}
	return db.Read(ctx, func(tx *pg.Snapshot) error { return fn(v.Over(tx)) })
}

// Over are the queries that the list is to be read with in a snapshot: one of them,
// which returns rows and ends with its order and its limit.
func (v *View) Over(tx *pg.Snapshot) *queries.Queries {
	if v.plain {
		return queries.New(tx)
	}
	return queries.New(&over{tx, v})
}

// over puts the view around a query.
type over struct {
	*pg.Snapshot
	view *View
}

// anew sets back what makes plans cheap for statements that look up a few rows by their
// keys: this one may be to sort and to read much, and is not sent a second time.
const anew = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"

// Query implements queries.DBTX.
func (o *over) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	statement, args, err := o.view.around(sql, args)
	if err != nil {
		return nil, err
	}
	for _, setting := range strings.Split(anew, "; ") {
		o.Queue(setting)
	}
	if err := o.Flush(ctx); err != nil {
		return nil, err
	}
	// Not cached, neither here nor as prepared: it would take the place of statements
	// that come again.
	args = append([]any{pgx.QueryExecModeDescribeExec}, args...)
	rows, err := o.Snapshot.Query(ctx, statement, args...) //nolint:rowserrcheck // the caller's
	return &keyed{rows, o.view}, err
}

var (
	// limits are where a query is cut, tail is how one ends that is cut there alone.
	limits = regexp.MustCompile(`(?:LIMIT |FETCH FIRST \()\$([0-9]+)\b`)
	tail   = regexp.MustCompile(`\nORDER BY [^\n]*\nLIMIT \$[0-9]+\s*$`)
)

// around is the statement for a query, with its parameters. A query that is cut at its end
// is put into it without that. One that cuts its pages earlier, so as to be quick, is
// made to cut nothing, and all of it is read.
func (v *View) around(sql string, args []any) (string, []any, error) {
	name, inner, _ := strings.Cut(sql, "\n")
	cuts := limits.FindAllStringSubmatch(inner, -1)
	if len(cuts) == 0 {
		return "", nil, fmt.Errorf("listing: %q has no limit", name)
	}
	for _, cut := range cuts {
		if cut[1] != cuts[0][1] {
			return "", nil, fmt.Errorf("listing: %q has two limits", name)
		}
	}
	params := &params{first: len(args)}
	limit := "$" + cuts[0][1]
	if end := tail.FindStringIndex(inner); end != nil && len(cuts) == 1 {
		inner = inner[:end[0]]
	} else {
		n, err := strconv.Atoi(cuts[0][1])
		if err != nil || n < 1 || n > len(args) {
			return "", nil, fmt.Errorf("listing: %q has a limit that is no parameter", name)
		}
		limit = params.add(fmt.Sprint(args[n-1]), Number) + "::bigint"
		args = slices.Clone(args)
		args[n-1] = math.MaxInt32
	}
	where := []string{"true"}
	if strings.TrimSpace(v.filter) != "" {
		condition, err := v.list.condition(v.filter, params)
		if err != nil {
			return "", nil, err
		}
		where = append(where, condition)
	}
	if v.after != nil {
		where = append(where, behind(v.terms, v.after, params))
	}
	keys := make([]string, len(v.terms))
	for i, t := range v.terms {
		keys[i] = "to_jsonb(" + t.sql() + ") #>> '{}'"
	}
	statement := fmt.Sprintf("%s\nSELECT listed.*, ARRAY[%s]\nFROM (\n%s\n) AS listed\nWHERE %s\nORDER BY %s\nLIMIT %s",
		name, strings.Join(keys, ", "), inner, strings.Join(where, "\n  AND "), orderBy(v.terms), limit)
	return statement, append(slices.Clip(args), params.values...), nil
}

// keyed keeps the keys of the rows that are read.
type keyed struct {
	pgx.Rows
	view *View
}

// Scan implements pgx.Rows.
func (r *keyed) Scan(dest ...any) error {
	var key []*string
	err := r.Rows.Scan(append(dest, &key)...)
	r.view.keys = append(r.view.keys, key)
	return err
}
