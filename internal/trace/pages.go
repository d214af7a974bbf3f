package trace

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
)

// maxPageBytes ends a page before page_size does: clients take 4 MiB a message
// unless told otherwise.
const maxPageBytes = 2 << 20

// GetTrace walks again for each page, over what was handed out already and on, through
// what the first page was read from. Where too much is not in the log yet to tell that,
// it is brought into the log first.
func (s *Service) GetTrace(ctx context.Context, req *lottrailv1.GetTraceRequest) (*lottrailv1.GetTraceResponse, error) {
	for range 3 {
		resp, err := s.page(ctx, req)
		if !errors.Is(err, errUnrepeatable) {
			return resp, err
		}
		if _, err := ledger.Seal(ctx, s.db, auth.FromContext(ctx).TenantID); err != nil {
			return nil, err
		}
	}
	return nil, errs.Aborted("", "CONTENTION", "so much is being recorded that the log lies behind, and the pages would not fit together; ask again in a moment, or take the trace as a stream")
}

// page is a page, or errUnrepeatable.
func (s *Service) page(ctx context.Context, req *lottrailv1.GetTraceRequest) (*lottrailv1.GetTraceResponse, error) {
	done, err := begun(req, "page_token", req.GetPageToken(), page.BadToken())
	if err != nil {
		return nil, err
	}
	var p *pager
	measured := begin(ctx, directions[req.Direction], paged)
	err = s.walk(ctx, req, directions[req.Direction], done, func(*pg.Snapshot) func(*lineage.Part) error {
		p = &pager{left: done.sent, size: int(page.Size(req.PageSize, 1000)), part: &lottrailv1.TracePart{}}
		return p.add
	})
	if err == nil || errors.Is(err, errPageFull) {
		measured.sent(p.part)
	}
	measured.ended(err)
	switch {
	case err == nil:
		return &lottrailv1.GetTraceResponse{Part: p.part}, nil
	case errors.Is(err, errPageFull):
		done.sent += p.taken
		token, err := done.token(p.seen)
		if token == "" && err == nil {
			err = errUnrepeatable
		}
		return &lottrailv1.GetTraceResponse{Part: p.part, NextPageToken: token}, err
	}
	return nil, err
}

var directions = map[lottrailv1.TraceDirection]lineage.Direction{
	lottrailv1.TraceDirection_TRACE_DIRECTION_FORWARD:  lineage.Forward,
	lottrailv1.TraceDirection_TRACE_DIRECTION_BACKWARD: lineage.Backward,
	lottrailv1.TraceDirection_TRACE_DIRECTION_BOTH:     lineage.Both,
}

var (
	// errPageFull ends a walk when the page is full and there is more.
	errPageFull = errors.New("page is full")
	// errUnrepeatable is why there is no next page.
	errUnrepeatable = errors.New("too much is not in the log yet")
)

// pager takes the part of a walk that makes one page.
type pager struct {
	left  int // to be left out, for it was handed out before
	size  int
	part  *lottrailv1.TracePart
	seen  *lineage.Seen
	taken int
	bytes int
}

func (p *pager) add(found *lineage.Part) error {
	p.seen = found.Seen
	part := toPart(found)
	p.left -= skip(part, p.left)
	from, to := part.ProtoReflect(), p.part.ProtoReflect()
	for _, field := range lists {
		entries := from.Get(field).List()
		for i := range entries.Len() {
			entry := entries.Get(i)
			size := proto.Size(entry.Message().Interface())
			if p.taken == p.size || p.taken > 0 && p.bytes+size > maxPageBytes {
				return errPageFull
			}
			to.Mutable(field).List().Append(entry)
			p.taken, p.bytes = p.taken+1, p.bytes+size
		}
	}
	p.part.Summary = part.Summary
	return nil
}
