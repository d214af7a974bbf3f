package lineage

// units numbers units, so that each lot that was sent keeps a number and no text. There
// are as many as there are codes of units, some thousands.
type units struct {
	texts   []string
	numbers map[string]uint16
}

func (u *units) number(text string) uint16 {
	n, known := u.numbers[text]
	if !known {
		if u.numbers == nil {
			u.numbers = map[string]uint16{}
		}
		n = uint16(len(u.texts)) //nolint:gosec // see above
		u.texts, u.numbers[text] = append(u.texts, text), n
	}
	return n
}

func (u *units) text(number uint16) string { return u.texts[number] }
