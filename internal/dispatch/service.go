// Package dispatch implements DispatchService.
package dispatch

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.DispatchServiceServer.
type Service struct {
	lottrailv1.UnimplementedDispatchServiceServer
	db     *pg.DB
	window civil.Window
}

// New returns the service on a database, which takes what happened within the window.
func New(db *pg.DB, window civil.Window) *Service { return &Service{db: db, window: window} }
