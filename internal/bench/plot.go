package bench

import (
	"bytes"
	"fmt"
	"math"
	"time"
)

// The plot, in the units of SVG.
const (
	plotWidth, plotHeight = 720.0, 400.0
	plotLeft, plotRight   = 70.0, 150.0
	plotTop, plotBottom   = 30.0, 50.0
)

// axes map decades of lots and milliseconds onto the plot.
type axes struct{ fromLots, toLots, fromTime, toTime float64 }

func (a axes) x(lots int) float64 {
	at := (math.Log10(float64(lots)) - a.fromLots) / max(a.toLots-a.fromLots, 1)
	return plotLeft + at*(plotWidth-plotLeft-plotRight)
}

func (a axes) y(took Took) float64 {
	at := (math.Log10(milliseconds(took)) - a.fromTime) / max(a.toTime-a.fromTime, 1)
	return plotHeight - plotBottom - at*(plotHeight-plotTop-plotBottom)
}

func milliseconds(t Took) float64 { return float64(t) / float64(time.Millisecond) }

// Plot draws how long each trace took in each size of the database, as SVG: lines that
// are level say that the size does not matter. It is readable without colours, on light
// and on dark.
func (f *ScalingFigures) Plot() []byte {
	a := f.axes()
	var w bytes.Buffer
	fmt.Fprintf(&w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="12">
<title>How long the same traces take in a database that grows</title>
<rect width="100%%" height="100%%" fill="#fff"/>
`, plotWidth, plotHeight)
	for _, size := range f.Sizes {
		fmt.Fprintf(&w, `<text x="%.1f" y="%g" text-anchor="middle">%s</text>`+"\n", a.x(size.Lots), plotHeight-plotBottom+20, thousands(size.Lots))
	}
	fmt.Fprintf(&w, `<text x="%.1f" y="%g" text-anchor="middle">lots in the database</text>`+"\n", (plotLeft+plotWidth-plotRight)/2, plotHeight-plotBottom+40)
	for decade := a.fromTime; decade <= a.toTime; decade++ {
		at := Took(math.Pow(10, decade) * float64(time.Millisecond))
		fmt.Fprintf(&w, `<path d="M%g %.1fH%g" stroke="#ccc"/><text x="%g" y="%.1f" text-anchor="end">%g ms</text>`+"\n",
			plotLeft, a.y(at), plotWidth-plotRight, plotLeft-8, a.y(at)+4, math.Pow(10, decade))
	}
	for i := range f.Sizes[0].Traces {
		f.plotTrace(&w, a, i)
	}
	fmt.Fprintf(&w, `<path d="M%g 12h30" stroke="#000" stroke-width="2"/><text x="%g" y="16">service, over gRPC</text>`+"\n", plotLeft, plotLeft+36)
	fmt.Fprintf(&w, `<path d="M%g 12h30" stroke="#000" stroke-dasharray="5 4"/><text x="%g" y="16">bare query</text>`+"\n</svg>\n", plotLeft+180, plotLeft+216)
	return w.Bytes()
}

// plotTrace draws one trace: the service in one stroke, the query in dashes.
func (f *ScalingFigures) plotTrace(w *bytes.Buffer, a axes, i int) {
	var service, query bytes.Buffer
	for n, size := range f.Sizes {
		command := "L"
		if n == 0 {
			command = "M"
		}
		fmt.Fprintf(&service, "%s%.1f %.1f", command, a.x(size.Lots), a.y(size.Traces[i].Whole))
		fmt.Fprintf(&query, "%s%.1f %.1f", command, a.x(size.Lots), a.y(size.Traces[i].Query))
		fmt.Fprintf(w, `<circle cx="%.1f" cy="%.1f" r="3"/>`, a.x(size.Lots), a.y(size.Traces[i].Whole))
	}
	last := f.Sizes[len(f.Sizes)-1]
	fmt.Fprintf(w, `<path d="%s" fill="none" stroke="#000" stroke-width="2"/><path d="%s" fill="none" stroke="#000" stroke-dasharray="5 4"/>`, service.String(), query.String())
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f">%s</text>`+"\n", a.x(last.Lots)+10, a.y(last.Traces[i].Whole)+4, counted(last.Traces[i].Lots))
}

func counted(lots int) string {
	if lots == 1 {
		return "1 lot"
	}
	return thousands(lots) + " lots"
}

// axes begin and end at whole decades of time.
func (f *ScalingFigures) axes() axes {
	a := axes{fromTime: math.Inf(1), toTime: math.Inf(-1)}
	a.fromLots, a.toLots = math.Log10(float64(f.Sizes[0].Lots)), math.Log10(float64(f.Sizes[len(f.Sizes)-1].Lots))
	for _, size := range f.Sizes {
		for _, trace := range size.Traces {
			a.fromTime = min(a.fromTime, math.Floor(math.Log10(milliseconds(min(trace.Whole, trace.Query)))))
			a.toTime = max(a.toTime, math.Ceil(math.Log10(milliseconds(max(trace.Whole, trace.Query)))))
		}
	}
	return a
}
