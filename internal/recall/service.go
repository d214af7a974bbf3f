// Package recall implements RecallService: cases about lots and all that they
// went into.
package recall

import (
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
)

// Service implements lottrailv1.RecallServiceServer.
type Service struct {
	lottrailv1.UnimplementedRecallServiceServer
	db *pg.DB
	// stall is how long a client may leave a part of a packet untaken.
	stall time.Duration
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db, stall: relay.Stall} }
