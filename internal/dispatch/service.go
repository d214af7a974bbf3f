// Package dispatch implements DispatchService.
package dispatch

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.DispatchServiceServer.
type Service struct {
	lottrailv1.UnimplementedDispatchServiceServer
	db *pg.DB
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db} }
