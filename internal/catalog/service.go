// Package catalog implements CatalogService.
package catalog

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
)

// Service implements lottrailv1.CatalogServiceServer.
type Service struct {
	lottrailv1.UnimplementedCatalogServiceServer
	db *pg.DB
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db} }
