package lineagetest

import "math/big"

// form is a quantity as a sum: so much of what is in each run, and so much by itself, by
// the empty name. Rework leads round in circles: what is in a run may depend on itself.
type form map[string]*big.Rat

func (f form) add(more form, times *big.Rat) {
	for run, q := range more {
		f[run] = sum(f[run], product(q, times))
	}
}

// value is what a form is, once it is known what is in the runs.
func (f form) value(runs map[string]*big.Rat) *big.Rat {
	all := new(big.Rat)
	for run, q := range f {
		if run == "" {
			all.Add(all, q)
		} else if runs[run] != nil {
			all.Add(all, product(q, runs[run]))
		}
	}
	return all
}

// settle finds what is in the runs: the least that agrees with what each is made of. It is
// false if there is nothing such, because something goes round for ever.
func settle(runs map[string]form) (map[string]*big.Rat, bool) {
	fed := map[string]bool{}
	for grew := true; grew; {
		grew = false
		for run, f := range runs {
			for of, q := range f {
				if q.Sign() > 0 && (of == "" || fed[of]) && !fed[run] {
					fed[run], grew = true, true
				}
			}
		}
	}
	names := []string{}
	for run := range fed {
		names = append(names, run)
	}
	// What is in a run less what it is made of is what comes of itself.
	rows := make([][]*big.Rat, len(names))
	for i, run := range names {
		for j, of := range names {
			less := new(big.Rat).Neg(sum(runs[run][of], nil))
			if i == j {
				less.Add(less, big.NewRat(1, 1))
			}
			rows[i] = append(rows[i], less)
		}
		rows[i] = append(rows[i], sum(runs[run][""], nil))
	}
	if !eliminate(rows) {
		return nil, false
	}
	found := map[string]*big.Rat{}
	for i, run := range names {
		found[run] = rows[i][len(names)]
	}
	return found, true
}

// eliminate solves equations by the book, with what they are equal to last in each row.
func eliminate(rows [][]*big.Rat) bool {
	for i := range rows {
		at := i
		for at < len(rows) && rows[at][i].Sign() == 0 {
			at++
		}
		if at == len(rows) {
			return false
		}
		rows[i], rows[at] = rows[at], rows[i]
		for j, whole := len(rows), new(big.Rat).Set(rows[i][i]); j >= i; j-- {
			rows[i][j] = new(big.Rat).Quo(rows[i][j], whole)
		}
		for k := range rows {
			times := new(big.Rat).Set(rows[k][i])
			for j := i; k != i && j <= len(rows); j++ {
				rows[k][j] = new(big.Rat).Sub(rows[k][j], product(times, rows[i][j]))
			}
		}
	}
	return true
}

// rounds is how often at most something comes by in a run on its way: of what is put into
// each of them, how much it is in the end.
func rounds(runs map[string]form) *big.Rat {
	each := map[string]form{}
	for run, f := range runs {
		each[run] = form{"": big.NewRat(1, 1)}
		for of, q := range f {
			if of != "" {
				each[run][of] = q
			}
		}
	}
	most := big.NewRat(1, 1)
	found, ok := settle(each)
	if !ok {
		return big.NewRat(1<<40, 1)
	}
	for _, q := range found {
		if q.Cmp(most) > 0 {
			most = q
		}
	}
	return most
}
