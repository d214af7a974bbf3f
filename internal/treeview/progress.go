package treeview

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/lottrail/lottrail/internal/wording"
)

// progress shows a tree while it grows.
type progress interface {
	show(*Tree)
	// end takes away what should not stay.
	end()
}

func newProgress(w io.Writer) progress {
	if f, ok := w.(*os.File); ok && IsTerminal(f) {
		return &screen{w: w, size: func() (int, int, error) { return term.GetSize(int(f.Fd())) }}
	}
	return &teller{w: w}
}

// IsTerminal says whether f is a terminal that understands how to move the
// cursor.
func IsTerminal(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

const (
	// redrawEvery is often enough for the eye. Drawing a large tree takes time
	// that the stream would wait for.
	redrawEvery = 50 * time.Millisecond

	noWrap     = "\x1b[?7l"
	wrap       = "\x1b[?7h"
	clearBelow = "\r\x1b[J"
)

// screen draws the end of the tree, as much as fits, over what it drew before.
type screen struct {
	w     io.Writer
	size  func() (width, height int, err error)
	drawn int // lines on the screen
	last  time.Time
}

func (s *screen) show(t *Tree) {
	if s.drawn > 0 && time.Since(s.last) < redrawEvery {
		return
	}
	_, height, err := s.size()
	if err != nil || height < 3 {
		return
	}
	lines := t.Lines()
	if most := height - 1; len(lines) > most {
		lines = append([]string{fmt.Sprintf("… %d lines above", len(lines)-most+1)}, lines[len(lines)-most+1:]...)
	}
	// Errors show when the whole tree is written.
	_, _ = io.WriteString(s.w, s.back()+noWrap+strings.Join(lines, "\n")+"\n"+wrap)
	s.drawn, s.last = len(lines), time.Now()
}

func (s *screen) end() {
	_, _ = io.WriteString(s.w, s.back())
	s.drawn = 0
}

// back goes to where the drawing began and clears it.
func (s *screen) back() string {
	if s.drawn == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA%s", s.drawn, clearBelow)
}

// teller tells how far it is each time that there is twice as much.
type teller struct {
	w    io.Writer
	told int
}

func (s *teller) show(t *Tree) {
	if t.summary != nil || len(t.order) < 2*s.told {
		return
	}
	s.told = len(t.order)
	lots := 0
	for _, n := range t.order {
		if n.lot != nil {
			lots++
		}
	}
	fmt.Fprintf(s.w, "… %s, %s so far\n", wording.Count(lots, "lot"), wording.Count(len(t.order)-lots, "run"))
}

func (s *teller) end() {}
