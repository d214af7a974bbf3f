package wording

import (
	"math/big"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// aboutDecimals is how many decimals of an attributed quantity are worth reading.
const aboutDecimals = 3

// About is a quantity that was worked out, rounded to what is worth reading: 0.333 kg. What
// is more than nothing does not read as nothing: < 0.001 kg.
func About(q *pb.Quantity) string {
	less, value := about(q.GetValue())
	return less + Amount(&pb.Quantity{Value: value, Unit: q.GetUnit()})
}

// AboutRange is from one decimal to another, likewise.
func AboutRange(least, most string) string {
	_, from := about(least)
	less, to := about(most)
	return grouped(from) + "–" + less + grouped(to)
}

func about(value string) (less, rounded string) {
	r, ok := new(big.Rat).SetString(value)
	if !ok {
		return "", value
	}
	rounded = r.FloatString(aboutDecimals)
	rounded = strings.TrimRight(strings.TrimRight(rounded, "0"), ".")
	if rounded == "0" && r.Sign() > 0 {
		return "< ", "0.001"
	}
	return "", rounded
}
