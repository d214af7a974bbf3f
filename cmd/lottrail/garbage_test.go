package main

import "testing"

func TestPercentFor(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{
		0:         400,
		1 << 20:   400,
		5 << 20:   400, // 20 MiB of garbage, as with more
		10 << 20:  200,
		20 << 20:  100,
		40 << 20:  50,
		400 << 20: 30,
	} {
		if got := percentFor(live); got != want {
			t.Errorf("where %d MiB live: %d %%, want %d", live>>20, got, want)
		}
	}
}
