// Package recall implements RecallService: cases about lots and all that they
// went into.
package recall

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.RecallServiceServer.
type Service struct {
	lottrailv1.UnimplementedRecallServiceServer
	db *pg.DB
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db} }
