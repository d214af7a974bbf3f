// Package dossier writes the dossier of a lot as one HTML page that needs nothing else:
// no script and no network, fit for a desktop, a phone and paper. It makes text out of
// messages; where they come from and where the page goes is the caller's business.
//
// The page is written as the parts of a dossier come, so only a part has to be in memory.
// It says of itself that it is not complete until its last bytes, and those are only
// written if it holds as many entries of each section as its statement says.
package dossier

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/picture"
	"github.com/lottrail/lottrail/internal/wording"
)

var (
	//go:embed page.tmpl
	pageText string
	//go:embed page.css
	style string

	templates = paper.Templates(pageText, style, template.FuncMap{
		"zero": func(q *pb.Quantity) bool { return q.GetValue() == "0" },
	})
)

// Page is a page that is being written. After an error it is of no more use.
type Page struct {
	w       io.Writer
	lot     *pb.DossierLot
	parties map[string]*pb.Party
	at      int // the section under way, in sections
	open    bool
	written map[pb.DossierSection]int32
	value   *pb.DossierValue
}

// New is a page that is written to w.
func New(w io.Writer) *Page {
	return &Page{w: w, parties: map[string]*pb.Party{}, written: map[pb.DossierSection]int32{}}
}

// Take writes a part of a dossier, the first one first. The statement of the last one is
// left to End.
func (p *Page) Take(part *pb.GetDossierResponse) error {
	if part.GetLot() != nil {
		p.lot = part.GetLot()
		head := headOf(p.lot)
		for at := range sections {
			head.Sections = append(head.Sections, p.heading(at))
		}
		if err := p.write("head", head); err != nil {
			return err
		}
	}
	for _, party := range part.GetParties() {
		p.parties[party.GetCode()] = party
	}
	if part.GetValue() != nil {
		p.value = part.GetValue()
	}
	for at := range sections {
		rows := sections[at].rows(p, part)
		if len(rows) == 0 {
			continue
		}
		if err := p.enter(at); err != nil {
			return err
		}
		p.written[sections[at].kind] += int32(len(rows)) //nolint:gosec // a part is small
		for _, cells := range rows {
			if err := p.write("row", table{&sections[at], cells}); err != nil {
				return err
			}
		}
	}
	return nil
}

// table is a row and what it stands in.
type table struct {
	*section
	Cells []cell
}

// enter goes to a section, closing the one before and saying of those in between that
// there is nothing in them.
func (p *Page) enter(to int) error {
	if p.lot == nil || to < p.at {
		return fmt.Errorf("dossier: a part comes out of its turn")
	}
	for ; p.at < to; p.at++ {
		name := "none"
		if p.open {
			name = "close"
		}
		p.open = false
		if err := p.write(name, p.heading(p.at)); err != nil {
			return err
		}
	}
	if p.open || to == len(sections) {
		return nil
	}
	p.open = true
	return p.write("open", p.heading(to))
}

// then says whether the page is of a moment of the past.
func (p *Page) then() bool { return p.lot.GetKnownAt() != nil || p.lot.GetAsOf() != nil }

// heading is a section as the page has it.
func (p *Page) heading(at int) heading {
	s := &sections[at]
	h := heading{section: s, Title: s.Title, None: s.None}
	if p.then() {
		h.Title, h.None = cmp.Or(s.Then, s.Title), cmp.Or(s.NoneThen, s.None)
	}
	return h
}

type heading struct {
	*section
	Title, None string
}

// End draws the picture and writes the statement, which makes the page whole.
func (p *Page) End(statement *pb.DossierStatement, g *picture.Graph) error {
	if err := p.enter(len(sections)); err != nil {
		return err
	}
	for _, c := range statement.GetCounts() {
		if p.written[c.GetSection()] != c.GetCount() || !slices.ContainsFunc(sections, func(s section) bool { return s.kind == c.GetSection() }) {
			return fmt.Errorf("dossier: %d entries of %s were written, and the statement says %d", p.written[c.GetSection()], c.GetSection(), c.GetCount())
		}
	}
	drawing, err := paper.Draw(g)
	if err != nil {
		return err
	}
	if err := p.write("end", struct {
		Number    int
		Value     []string
		Drawing   paper.Drawing
		Statement *pb.DossierStatement
	}{len(sections) + 1, worth(p.value), drawing, statement}); err != nil {
		return err
	}
	_, err = io.WriteString(p.w, paper.End)
	return err
}

func (p *Page) write(name string, data any) error { return templates.ExecuteTemplate(p.w, name, data) }

// who is a party by its code, with its name.
func (p *Page) who(code string) cell {
	if code == "" {
		return cell{}
	}
	return cell{Text: p.parties[code].GetName(), Small: []string{code}}
}

// head is what the page begins with.
type head struct {
	*pb.DossierLot
	Banner, Class, Text string
	Sections            []heading
}

func headOf(l *pb.DossierLot) head {
	h := head{DossierLot: l, Banner: "NOT HELD", Class: "closed", Text: wording.Amount(l.GetLot().GetOnHand()) + " on hand."}
	if l.GetLot().GetOnHand().GetValue() == "0" {
		h.Banner, h.Text = "USED UP", "Nothing of it is on hand."
	}
	if n := l.GetLot().GetActiveHoldCount(); n > 0 {
		h.Banner, h.Class = "HELD", "active"
		h.Text += " " + wording.Count(n, "hold") + " on it: what is held may neither be consumed nor shipped."
	}
	if n := l.GetOpenRecallCount(); n > 0 {
		h.Text += " It is in " + wording.Count(n, "recall") + " not closed yet."
		if h.Class == "closed" {
			h.Banner, h.Class = "NOT HELD, BUT A RECALL IS OPEN", "open"
		}
	}
	return h
}
