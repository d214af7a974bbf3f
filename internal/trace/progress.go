package trace

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// keep is for how long a trace can be gone on with.
const keep = 24 * time.Hour

// progress is how far a trace has come. Tokens carry it: whoever has one can go on, with
// what was read then, where it stopped.
type progress struct {
	tokens *page.Tokens
	// field is where the request has its token, and bad refuses one that is not its.
	field string
	bad   error
	// sent is how many entries were handed out, by this call and those before.
	sent int
	// seen is what the first call read from; nil until there was one.
	seen *lineage.Seen
	// packed is seen as tokens have it.
	packed []byte
	// query tells what is asked for, once keys were looked up, and asked what it was at first;
	// nil if this is the first call.
	query, asked []byte
}

// token is what a token says.
type token struct {
	Sent        int
	Seen, Query []byte
}

// begun is the progress that a request tells of with its token, and none without one.
func begun(req proto.Message, field, text string, bad error) (*progress, error) {
	tokens, err := page.TokensOf(req, "page_size", protoreflect.Name(field))
	p := &progress{tokens: tokens, field: field, bad: bad}
	if err != nil || text == "" {
		return p, err
	}
	var is token
	if !tokens.Decode(text, &is) || is.Sent < 0 {
		return nil, bad
	}
	if p.seen = lineage.Unpack(is.Seen); p.seen == nil {
		return nil, bad
	}
	p.sent, p.packed, p.asked = is.Sent, is.Seen, is.Query
	if time.Since(p.seen.ReadAt) > keep {
		return nil, errs.Precondition(field, "RESUME_TOKEN_EXPIRED", "the trace began at %s, and can be gone on with for %s; start it again, without a token",
			p.seen.ReadAt.UTC().Format(time.RFC3339), keep)
	}
	return p, nil
}

func badResumeToken() error {
	return errs.Invalid("resume_token", "BAD_RESUME_TOKEN",
		"this is no resume_token of this trace; pass it on as it came, beside the same request, or start again, without a token")
}

// asks notes what is asked for. It has to be what was asked for at first: filters name
// things that may have changed, and locations that may have others under them.
func (p *progress) asks(ctx context.Context, tx *pg.Snapshot, q lineage.Query) error {
	var tree string
	if len(q.LocationIDs) > 0 {
		var err error
		tree, err = queries.New(tx).LineageLocationTree(ctx, queries.LineageLocationTreeParams{TenantID: q.TenantID, LocationIds: q.LocationIDs})
		if err != nil {
			return err
		}
	}
	q.KnownAt, q.Again = nil, nil
	// The database has no order for what filters name.
	q.ItemIDs, q.LocationIDs = slices.Sorted(slices.Values(q.ItemIDs)), slices.Sorted(slices.Values(q.LocationIDs))
	text, err := json.Marshal(q)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append(text, tree...))
	if p.asked != nil && string(p.asked) != string(sum[:8]) {
		return errs.Aborted(p.field, "TRACE_CHANGED", "what is asked for has become another thing since the trace began, as by an item that was given another category, or a location that was moved; start it again, without a token")
	}
	p.query = sum[:8]
	return nil
}

// token is good for what follows behind all that was sent; empty if that cannot be told.
func (p *progress) token(seen *lineage.Seen) (string, error) {
	if p.packed == nil {
		if !seen.CanRepeat() {
			return "", nil
		}
		p.packed = seen.Pack()
	}
	return p.tokens.Encode(token{Sent: p.sent, Seen: p.packed, Query: p.query})
}

// lists are the fields of a part that have entries, in the order in which these count:
// what refers to others comes behind them.
var lists = func() []protoreflect.FieldDescriptor {
	var lists []protoreflect.FieldDescriptor
	fields := (&lottrailv1.TracePart{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if fields.Get(i).IsList() {
			lists = append(lists, fields.Get(i))
		}
	}
	slices.SortFunc(lists, func(a, b protoreflect.FieldDescriptor) int { return cmp.Compare(a.Number(), b.Number()) })
	return lists
}()

// entries is how many there are in a part.
func entries(part *lottrailv1.TracePart) int {
	n, message := 0, part.ProtoReflect()
	for _, field := range lists {
		n += message.Get(field).List().Len()
	}
	return n
}

// skip takes entries off the beginning of a part, at most so many, and returns how many
// they were.
func skip(part *lottrailv1.TracePart, most int) int {
	skipped, message := 0, part.ProtoReflect()
	for _, field := range lists {
		old := message.Get(field).List()
		off := min(most-skipped, old.Len())
		if off == 0 {
			continue
		}
		skipped += off
		rest := message.NewField(field)
		for i := off; i < old.Len(); i++ {
			rest.List().Append(old.Get(i))
		}
		message.Set(field, rest)
	}
	return skipped
}
