package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/picture"
)

// drawer writes a graph in one of the formats.
type drawer func(io.Writer, *picture.Graph) error

// drawerOf is the format that a file's name asks for; nil without a name.
func drawerOf(path string) (drawer, error) {
	if path == "" {
		return nil, nil
	}
	switch ending := filepath.Ext(path); ending {
	case ".svg":
		return picture.WriteSVG, nil
	case ".dot", ".gv":
		return picture.WriteDOT, nil
	case ".mmd", ".mermaid":
		return picture.WriteMermaid, nil
	default:
		return nil, fmt.Errorf("%w: --picture %s: a picture is .svg, .dot (Graphviz) or .mmd (Mermaid), not %q", config.ErrInvalid, path, ending)
	}
}

// drawInto draws a graph whole before the file is touched, and says where it is.
func drawInto(path string, g *picture.Graph, draw drawer, say io.Writer) error {
	var b bytes.Buffer
	if err := draw(&b, g); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil { //nolint:gosec // a picture to be shown to others
		return err
	}
	if g.Folded() {
		fmt.Fprintf(say, "Picture: %s. %d nodes are too many to be read, so they are put together by item: %d are drawn.\n", path, g.Of, len(g.Nodes))
		return nil
	}
	fmt.Fprintf(say, "Picture: %s\n", path)
	return nil
}
