package main

import "testing"

func TestPercentFor(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{
		0:         400,
		1 << 20:   400,
		5 << 20:   400,
		10 << 20:  190, // a heap of 29 MiB
		20 << 20:  70,  // of 34 MiB
		30 << 20:  30,
		400 << 20: 30,
	} {
		if got := percentFor(live); got != want {
			t.Errorf("where %d MiB live: %d %%, want %d", live>>20, got, want)
		}
	}
}
