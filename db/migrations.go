// Package db holds the schema: the migrations that make it, embedded, so that
// the binary can bring any database up to its own version.
package db

import "embed"

// Migrations are goose migrations, in the order of their numbers.
//
//go:embed migrations/*.sql
var Migrations embed.FS
