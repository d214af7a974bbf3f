package relay

import "slices"

// Pieces emits what is written to it.
type Pieces func([]byte) error

// Write implements io.Writer.
func (emit Pieces) Write(p []byte) (int, error) {
	if err := emit(slices.Clone(p)); err != nil { // the writer goes on in the same bytes
		return 0, err
	}
	return len(p), nil
}
