// Package bench holds the bare statements that the service is measured against:
// what a script would say to PostgreSQL that writes, or reads, the same rows.
package bench

import "embed"

// SQL are the statements, each under a line "-- name: …".
//
//go:embed *.sql
var SQL embed.FS
