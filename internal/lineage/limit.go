package lineage

import "errors"

// ErrTooLarge is what comes of a walk that finds more than Query.MaxEntries.
var ErrTooLarge = errors.New("lineage: there is more than is asked for")

// count counts edges that were found. What is behind them is not read if they are too many.
func (w *walk) count(edges int) error {
	most := w.query.MaxEntries
	if w.edges += edges; most > 0 && w.edges > most && w.items == nil && len(w.places) == 0 {
		return ErrTooLarge
	}
	return nil
}
