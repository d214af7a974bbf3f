package lineagetest

import "math/big"

// division is how what is in a run is divided over movements, the parts, which are
// places in the flows of lots; the rest stays in it.
type division struct {
	how    string // undivided, stated, measured or evenly
	shares map[part]*big.Rat
}

// part is a movement of a lot.
type part struct {
	lot  string
	flow int
}

// divide divides a run over movements: by what they state, else by what all lots can be
// measured in, else evenly over the lots. A run in process, of which consumed says what
// went in, keeps what it has not put out, or as much as an output.
func divide(parts map[part]flow, consumed map[part]flow, inProcess bool) division {
	lots, stated := map[string]*big.Rat{}, len(parts) > 0
	for p, f := range parts {
		lots[p.lot] = sum(lots[p.lot], f.quantity)
		stated = stated && f.share.Sign() > 0
	}
	d := division{how: "undivided", shares: map[part]*big.Rat{}}
	if len(parts) == 0 {
		return d
	}
	names := keys(lots)
	dimension := alike(names)
	given, kept := big.NewRat(1, 1), true
	if inProcess {
		all := names
		for p := range consumed {
			all = append(all, p.lot)
		}
		if measure := alike(all); measure != "" {
			given = givenOf(lots, consumed, measure)
		} else {
			given, kept = big.NewRat(int64(len(lots)), int64(len(lots))+1), false
		}
	}
	weights := map[string]*big.Rat{}
	for lot, quantity := range lots {
		if weights[lot] = big.NewRat(1, 1); dimension != "" {
			weights[lot] = measured(Item(lot), dimension, quantity)
		}
	}
	for p, f := range parts {
		if stated {
			d.shares[p] = f.share
		} else {
			d.shares[p] = product(weights[p.lot], new(big.Rat).Quo(f.quantity, lots[p.lot]))
		}
	}
	scale(d.shares, given)
	switch {
	case !kept, !stated && dimension == "" && (len(lots) > 1 || inProcess):
		d.how = "evenly"
	case len(lots) == 1 && !inProcess:
	case stated:
		d.how = "stated"
	default:
		d.how = "measured"
	}
	return d
}

// givenOf is what part of what was consumed was put out; all of it if that is more.
func givenOf(lots map[string]*big.Rat, consumed map[part]flow, measure string) *big.Rat {
	in, out := new(big.Rat), new(big.Rat)
	for p, f := range consumed {
		in.Add(in, measured(Item(p.lot), measure, f.quantity))
	}
	for lot, quantity := range lots {
		out.Add(out, measured(Item(lot), measure, quantity))
	}
	if in.Cmp(out) <= 0 {
		return big.NewRat(1, 1)
	}
	return out.Quo(out, in)
}

// scale makes shares add up to a whole.
func scale(shares map[part]*big.Rat, whole *big.Rat) {
	all := new(big.Rat)
	for _, share := range shares {
		all.Add(all, share)
	}
	for p, share := range shares {
		shares[p] = product(whole, new(big.Rat).Quo(share, all))
	}
}

func keys[V any](m map[string]V) (all []string) {
	for key := range m {
		all = append(all, key)
	}
	return all
}
