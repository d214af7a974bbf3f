// Package packet writes the packet of a recall as one HTML page that needs nothing
// else: no script and no network, fit for a desktop, a phone and paper. It makes
// text out of messages; where they come from and where the page goes is the
// caller's business.
//
// What whoever has to act needs comes first: whom to notify and what to lock, then
// what it follows from. The page is written section by section, so only what a
// section groups has to be in memory.
//
// Invariants that it keeps:
//
//   - Whatever comes from the records is text, in every place where it stands.
//   - A section in which there is nothing says so.
//   - The page says of itself that it is not complete until its last bytes, and
//     those are only written if it holds as many lots, runs, shipment lines and
//     customers as its statement says.
package packet

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/picture"
)

var (
	//go:embed page.tmpl
	pageText string
	//go:embed page.css
	style string
)

// Head is what a page begins with, and what its sections refer to.
type Head struct {
	Recall *pb.Recall
	// Statement is told at the beginning and at the end, and held against what was
	// written in between.
	Statement *pb.RecallStatement
	// Direct are the lots that the case is about.
	Direct []*pb.RecallLot
	// ItemNames are what people call the items of all affected lots, by sku.
	ItemNames map[string]string
	// Places is at how many locations something is left.
	Places int32
}

// Customer is whom to notify, and what they got.
type Customer struct {
	Party     *pb.Party
	Shipments []*pb.RecallShipment
}

// Place is a location at which something is left.
type Place struct {
	Code, Name string
	// Within is where it lies, empty for a site.
	Within string
	Lots   []Stock
}

// Stock is what is left of a lot at one location.
type Stock struct {
	Lot        *pb.LotKey
	OnHand     *pb.Quantity
	State      pb.RecallLotState
	ExpiryDate string
}

// Supplier is who delivered affected lots.
type Supplier struct {
	Party    *pb.Party
	Receipts []*pb.RecallReceipt
}

// section is a part of the page. They come in this order.
type section int

const (
	customers section = iota + 1
	stock
	lots
	runs
	receipts
	drawn
	history
	ending
)

// sections are the names of the templates that open them; with " none" and " end"
// behind, of those that stand in for them and close them.
var sections = map[section]string{
	customers: "customers", stock: "stock", lots: "lots", runs: "runs", receipts: "receipts", drawn: "picture", history: "history",
}

// Page is a page that is being written. After an error it is of no more use.
type Page struct {
	w         io.Writer
	head      Head
	templates *template.Template
	at        section
	open      bool
	written   pb.RecallScope
}

// Begin writes the head of a page to w. The sections follow by the other methods,
// in their order, each any number of times; then End.
func Begin(w io.Writer, head Head) (*Page, error) {
	copied, err := templates.Clone()
	if err != nil {
		return nil, err
	}
	p := &Page{w: w, head: head, at: customers}
	p.templates = copied.Funcs(template.FuncMap{"item": p.item})
	return p, p.write("head", p.frame())
}

// frame is what the head and the frames of sections are made of.
func (p *Page) frame() any {
	return struct {
		Head
		Standing standing
		Todo     []string
	}{p.head, standingOf(p.head.Recall), todo(&p.head)}
}

// item is what people call an item.
func (p *Page) item(sku string) string {
	if name := p.head.ItemNames[sku]; name != "" {
		return name
	}
	return sku
}

func (p *Page) write(name string, data any) error {
	return p.templates.ExecuteTemplate(p.w, name, data)
}

// enter goes to a section, closing the one before and saying of those in between
// that there is nothing in them.
func (p *Page) enter(to section) error {
	if to < p.at {
		return fmt.Errorf("packet: %s after %s", sections[to], sections[p.at])
	}
	for ; p.at < to; p.at++ {
		suffix := " none"
		if p.open {
			suffix = " end"
		}
		p.open = false
		if err := p.write(sections[p.at]+suffix, p.frame()); err != nil {
			return err
		}
	}
	if p.open || to == ending {
		return nil
	}
	p.open = true
	return p.write(sections[to], p.frame())
}

// put writes something into a section.
func (p *Page) put(to section, name string, data any) error {
	if err := p.enter(to); err != nil {
		return err
	}
	return p.write(name, data)
}

// Customer writes whom to notify; all that a customer got at once.
func (p *Page) Customer(c Customer) error {
	sums, err := sumUp(c.Shipments, p.item)
	if err != nil {
		return err
	}
	p.written.CustomerCount++
	p.written.ShipmentCount += int32(len(c.Shipments))
	return p.put(customers, "customer", struct {
		Customer
		Sums []string
	}{c, sums})
}

// Place writes what is left at a location; all of it at once.
func (p *Page) Place(place Place) error { return p.put(stock, "place", place) }

// Lots writes affected lots.
func (p *Page) Lots(rows []*pb.RecallLot) error {
	p.written.LotCount += int32(len(rows))
	return p.put(lots, "lot rows", rows)
}

// Runs writes affected runs.
func (p *Page) Runs(rows []*pb.RecallRun) error {
	p.written.RunCount += int32(len(rows))
	return p.put(runs, "run rows", rows)
}

// Supplier writes who delivered; all receipts at once.
func (p *Page) Supplier(s Supplier) error { return p.put(receipts, "supplier", s) }

// Picture writes how it all hangs together, drawn.
func (p *Page) Picture(g *picture.Graph) error {
	drawing, err := paper.Draw(g)
	if err != nil {
		return err
	}
	return p.put(drawn, "drawing", drawing)
}

// Events writes what was done in the case.
func (p *Page) Events(rows []*pb.RecallEvent) error { return p.put(history, "event rows", rows) }

// End writes the statement, which makes the page whole.
func (p *Page) End() error {
	if err := p.enter(ending); err != nil {
		return err
	}
	said, wrote := p.head.Statement.GetScope(), &p.written
	if said.GetLotCount() != wrote.LotCount || said.GetRunCount() != wrote.RunCount ||
		said.GetShipmentCount() != wrote.ShipmentCount || said.GetCustomerCount() != wrote.CustomerCount {
		return fmt.Errorf("packet: the statement of %s does not fit what was written: %v, %v", p.head.Recall.GetCaseNumber(), said, wrote)
	}
	if err := p.write("end", p.frame()); err != nil {
		return err
	}
	_, err := io.WriteString(p.w, paper.End)
	return err
}
