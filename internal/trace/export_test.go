package trace

import (
	"time"

	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/qty"
)

// SetStall makes clients that stall known sooner.
func (s *Service) SetStall(d time.Duration) { s.stall = d }

// SetTies makes few edges too many to be held in memory.
func (s *Service) SetTies(n int) { s.ties = n }

// SetCompared makes few entries too many to be compared.
func (s *Service) SetCompared(n int) { s.compared = n }

// SetRoom makes other room for attributions.
func (s *Service) SetRoom(r *lineage.Room) { s.room = r }

// Stays follows changes at locations, and tells of the stays as they end, and of the rest.
func Stays(changes []StayChange) (told []Stay) {
	k := &stayKeeper{lasting: map[string]*stay{}}
	tell := func(s *stay, lasts bool) {
		told = append(told, Stay{s.location, s.from.Unix(), s.until.Unix(), s.most.String(), lasts})
	}
	for _, c := range changes {
		if ended := k.change(c.Location, qty.MustParse(c.By), time.Unix(c.At, 0)); ended != nil {
			tell(ended, false)
		}
	}
	for _, s := range k.rest() {
		tell(s, true)
	}
	return told
}

type StayChange struct {
	Location, By string
	At           int64
}

type Stay struct {
	Location    string
	From, Until int64
	Most        string
	Lasts       bool
}
