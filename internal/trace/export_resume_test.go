package trace

import (
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/page"
)

// Retoken makes a token older, or of a later place in the log.
func Retoken(req *lottrailv1.TraceForwardRequest, text string, older time.Duration, later int64) string {
	tokens, err := page.TokensOf(req, "resume_token")
	var is token
	if err != nil || !tokens.Decode(text, &is) {
		panic("no token of the request")
	}
	seen := lineage.Unpack(is.Seen)
	seen.ReadAt, seen.Log.Index = seen.ReadAt.Add(-older), seen.Log.Index+later
	is.Seen = seen.Pack()
	made, err := tokens.Encode(is)
	if err != nil {
		panic(err)
	}
	return made
}
