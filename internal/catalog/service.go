// Package catalog implements CatalogService: items, parties and locations, as
// the ERP pushes them.
//
// Equal content changes nothing. What is different appends a revision, which is
// what Get and List return; the tables beside it hold what other queries ask
// for, and are written in the same transaction.
package catalog

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
)

// defaultPageSize is how many records a page has where no size is asked for.
const defaultPageSize = 100

// Service implements lottrailv1.CatalogServiceServer.
type Service struct {
	lottrailv1.UnimplementedCatalogServiceServer
	db *pg.DB
}

// New returns the service on a database.
func New(db *pg.DB) *Service { return &Service{db: db} }
