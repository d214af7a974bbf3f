package recall

import "time"

// SetStall makes clients that stall known sooner.
func (s *Service) SetStall(d time.Duration) { s.stall = d }
