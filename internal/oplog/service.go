// Package oplog implements LogService: it hands out the log of operations.
package oplog

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.LogServiceServer.
type Service struct {
	lottrailv1.UnimplementedLogServiceServer
	db *pg.DB
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db} }
