package codeseries

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lotcode"
)

// maxLook is how many codes are looked at together.
const maxLook = 1000

// series are the numbers of an item's pattern that run from one beginning, and those
// wants that are to have one.
type series struct {
	key
	pattern    lotcode.Pattern
	day        time.Time
	wants      []int    // without a code so far
	last       int64    // the last number used
	candidates []string // codes of the numbers behind those that were looked at
	from       int64    // the number of the first candidate
}

// group finds the series of each want, in the order of their keys.
func group(wants []Want) ([]*series, error) {
	byKey := map[key]*series{}
	var all []*series
	for i, w := range wants {
		pattern, err := lotcode.Compile(w.Item.LotCodePattern)
		if err != nil {
			return nil, fmt.Errorf("the lot code pattern of item %q: %w", w.Item.SKU, err)
		}
		k := key{w.Item.ItemID, pattern.Scope(w.Day)}
		s := byKey[k]
		if s == nil {
			s = &series{key: k, pattern: pattern, day: w.Day}
			byKey[k] = s
			all = append(all, s)
		}
		s.wants = append(s.wants, i)
	}
	slices.SortFunc(all, func(a, b *series) int { return a.compare(b.key) })
	return all, nil
}

// look goes on to the next codes: as many as are wanted, and more each time, for where
// one was given by hand there may be thousands. wants, if not nil, is for saying which
// line there is no code for; without, that is found out later.
func (s *series) look(wants []Want) error {
	n := len(s.wants)
	if s.from == 0 {
		s.from = s.last + 1
	} else {
		n = min(max(n, 2*len(s.candidates)), maxLook)
		s.from += int64(len(s.candidates))
	}
	s.candidates = s.candidates[:0]
	for i := range int64(n) {
		code, err := s.pattern.Code(s.day, s.from+i)
		if err == nil {
			s.candidates = append(s.candidates, code)
			continue
		}
		if len(s.candidates) > 0 || wants == nil {
			return nil
		}
		w := wants[s.wants[0]]
		if refusal := (*lotcode.Error)(nil); errors.As(err, &refusal) {
			return errs.Precondition(w.Path+".lot_code", refusal.Reason, "item %q: %s; or give the code of the lot", w.Item.SKU, refusal.Message)
		}
		return err
	}
	return nil
}

// take gives wants those candidates that are free, in their order.
func (s *series) take(isTaken func(code string) bool, codes []string) {
	for i, code := range s.candidates {
		if len(s.wants) == 0 {
			return
		}
		if isTaken(code) {
			continue
		}
		codes[s.wants[0]] = code
		s.wants, s.last = s.wants[1:], s.from+int64(i)
	}
}
