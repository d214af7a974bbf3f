package oplog

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
)

const defaultPageSize = 100

// ListLog implements lottrailv1.LogServiceServer.
func (s *Service) ListLog(ctx context.Context, req *lottrailv1.ListLogRequest) (*lottrailv1.ListLogResponse, error) {
	at, err := parseCursor(req.GetCursor())
	if err != nil {
		return nil, err
	}
	b, err := s.read(ctx, auth.FromContext(ctx).TenantID, at, fromKinds(req.GetKinds()), page.Size(req.GetPageSize(), defaultPageSize))
	if err != nil {
		return nil, err
	}
	return &lottrailv1.ListLogResponse{Entries: b.entries, NextCursor: b.at.String(), End: b.end}, nil
}
