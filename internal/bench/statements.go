package bench

import (
	"strings"

	bare "github.com/lottrail/lottrail/db/bench"
)

// statements are those of a file of db/bench, by name.
func statements(file string) map[string]string {
	text, err := bare.SQL.ReadFile(file)
	if err != nil {
		panic(err) // it is embedded
	}
	byName := map[string]string{}
	for _, part := range strings.Split(string(text), "\n-- name: ")[1:] {
		name, statement, _ := strings.Cut(part, "\n")
		byName[name] = strings.TrimSuffix(strings.TrimSpace(statement), ";")
	}
	return byName
}

var post = statements("post.sql")
