// Package revision keeps what callers pushed (items, parties, locations,
// orders): every version of it, by whom and when, so that pushing the same
// again changes nothing and the past can be told as it was known.
package revision

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Subject is what kind of thing has revisions.
type Subject string

// The subjects.
const (
	Item            Subject = "item"
	Party           Subject = "party"
	Location        Subject = "location"
	PurchaseOrder   Subject = "purchase_order"
	ProductionOrder Subject = "production_order"
	SalesOrder      Subject = "sales_order"
)

// ErrNone says that a subject has no revision.
var ErrNone = errors.New("no revision")

// Pushed is one thing as it was pushed. The content is normalised by the
// caller, so that what means the same is the same, and has no revision number
// in it.
type Pushed struct {
	ID      int64
	Content proto.Message
}

// Result is where a thing stands after a push.
type Result struct {
	// Number counts the revisions from 1.
	Number int32
	// Changed says whether the content differed from the revision before, or
	// there was none, and so one was appended.
	Changed bool
}

// Push appends a revision of one thing if its content differs from the last.
//
// The caller has inserted or locked the thing's own row in this transaction:
// that is what makes its revisions one after the other.
func Push(ctx context.Context, tx *pg.Tx, subject Subject, id int64, content proto.Message) (number int32, changed bool, err error) {
	results, err := PushAll(ctx, tx, subject, []Pushed{{id, content}})
	if err != nil {
		return 0, false, err
	}
	return results[0].Number, results[0].Changed, nil
}

// PushAll is Push for many different things of one kind, in two statements. The
// results are in the order of what was pushed.
func PushAll(ctx context.Context, tx *pg.Tx, subject Subject, pushed []Pushed) ([]Result, error) {
	ids := make([]int64, 0, len(pushed))
	for _, p := range pushed {
		ids = append(ids, p.ID)
	}
	latest, err := listLatest(ctx, tx, tx.TenantID, subject, ids)
	if err != nil {
		return nil, err
	}
	appended := queries.RevisionInsertParams{TenantID: tx.TenantID, Subject: string(subject), Principal: tx.Principal}
	results := make([]Result, 0, len(pushed))
	for _, p := range pushed {
		last, found := latest[p.ID]
		same := false
		if found {
			was := p.Content.ProtoReflect().New().Interface()
			if err := Decode(last.Content, was); err != nil {
				return nil, fmt.Errorf("revision %d of %s %d: %w", last.Revision, subject, p.ID, err)
			}
			same = proto.Equal(was, p.Content)
		}
		if same {
			results = append(results, Result{Number: last.Revision})
			continue
		}
		content, err := protojson.Marshal(p.Content)
		if err != nil {
			return nil, err
		}
		appended.SubjectIds = append(appended.SubjectIds, p.ID)
		appended.Revisions = append(appended.Revisions, last.Revision+1)
		appended.Contents = append(appended.Contents, string(content))
		results = append(results, Result{Number: last.Revision + 1, Changed: true})
	}
	if len(appended.SubjectIds) == 0 {
		return results, nil
	}
	return results, queries.New(tx).RevisionInsert(ctx, appended)
}

// Latest reads the last revision of a thing into content and returns its
// number, or ErrNone.
func Latest(ctx context.Context, db queries.DBTX, tenantID int64, subject Subject, id int64, content proto.Message) (int32, error) {
	latest, err := listLatest(ctx, db, tenantID, subject, []int64{id})
	if err != nil {
		return 0, err
	}
	last, found := latest[id]
	if !found {
		return 0, fmt.Errorf("%s %d: %w", subject, id, ErrNone)
	}
	return last.Revision, Decode(last.Content, content)
}

func listLatest(ctx context.Context, db queries.DBTX, tenantID int64, subject Subject, ids []int64) (map[int64]queries.RevisionListLatestRow, error) {
	rows, err := queries.New(db).RevisionListLatest(ctx, queries.RevisionListLatestParams{
		TenantID: tenantID, Subject: string(subject), SubjectIds: ids,
	})
	if err != nil {
		return nil, err
	}
	latest := make(map[int64]queries.RevisionListLatestRow, len(rows))
	for _, r := range rows {
		latest[r.SubjectID] = r
	}
	return latest, nil
}

// Decode reads stored content into the message. Fields that were removed from the message since
// are passed over.
func Decode(stored []byte, content proto.Message) error {
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(stored, content)
}
