package bench

import "time"

// turns measures what reads so many rows, by turns: the service, and the bare query.
func (b *bench) turns(name string, rows int, service, query func() error) (*Reading, error) {
	r := &Reading{Name: name, Rows: rows}
	var served, queried durations
	var ratios []float64
	for i := range b.Repeats {
		b.progress.Part("", i, b.Repeats)
		began := time.Now()
		if err := service(); err != nil {
			return nil, err
		}
		a := time.Since(began)
		began = time.Now()
		if err := query(); err != nil {
			return nil, err
		}
		z := time.Since(began)
		served.add(a)
		queried.add(z)
		ratios = append(ratios, float64(a)/float64(z))
	}
	r.Ratio, r.Service, r.Query = spread(ratios), served.median(), queried.median()
	return r, nil
}
