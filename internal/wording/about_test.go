package wording_test

import (
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

func TestAbout(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"0": "0 kg", "10": "10 kg", "2400": "2,400 kg", "0.333333334": "0.333 kg", "0.6665": "0.667 kg", "1.5": "1.5 kg", "0.999999999": "1 kg", "0.000000001": "< 0.001 kg",
	} {
		if got := wording.About(&pb.Quantity{Value: value, Unit: "KGM"}); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	for _, c := range [][3]string{{"0", "2400.12345", "0–2,400.123"}, {"0", "0.0001", "0–< 0.001"}} {
		if got := wording.AboutRange(c[0], c[1]); got != c[2] {
			t.Errorf("%v: %q", c, got)
		}
	}
}
