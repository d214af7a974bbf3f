// Package trace implements TraceService.
package trace

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.TraceServiceServer.
type Service struct {
	lottrailv1.UnimplementedTraceServiceServer
	db *pg.DB
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db} }
