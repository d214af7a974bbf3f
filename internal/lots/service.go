// Package lots implements LotsService.
package lots

import (
	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.LotsServiceServer.
type Service struct {
	lottrailv1.UnimplementedLotsServiceServer
	db     *pg.DB
	window civil.Window
	checks grpc.UnaryServerInterceptor
}

// New returns the service on a database, which takes what happened within the window. checks are what every request goes through
// before it is handled: those that come in one request, but are carried out each by
// itself, go through them here.
func New(db *pg.DB, window civil.Window, checks grpc.UnaryServerInterceptor) *Service {
	return &Service{db: db, window: window, checks: checks}
}
