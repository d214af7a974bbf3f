package label

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// PNG is the picture with a pixel for each dot. Letters other than Latin, Greek and
// Cyrillic are boxes in it.
func (p *Picture) PNG() ([]byte, error) {
	picture := image.NewGray(image.Rect(0, 0, p.Width, p.Height))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for _, bar := range p.bars {
		draw.Draw(picture, bar, image.Black, image.Point{}, draw.Src)
	}
	fonts, err := newFonts()
	if err != nil {
		return nil, err
	}
	for _, line := range p.lines {
		pen := font.Drawer{Dst: picture, Src: image.NewUniform(color.Black), Face: fonts.face(line.bold)}
		pen.Dot = fixed.Point26_6{X: (fixed.I(p.Width) - pen.MeasureString(line.text)) / 2, Y: fixed.I(line.baseline)}
		pen.DrawString(line.text)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("the label's picture: %w", err)
	}
	return withSize(b.Bytes()), nil
}

// headerEnd is where the header of a PNG ends: its signature and the chunk IHDR.
const headerEnd = 8 + 25

// withSize tells in a PNG how large its pixels are, as Go's package cannot: 8,000 to
// the metre. Printed without that, a barcode may come out too small to be read.
func withSize(picture []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, 9)
	chunk = append(chunk, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, 8000)
	chunk = binary.BigEndian.AppendUint32(chunk, 8000)
	chunk = append(chunk, 1) // the unit is the metre
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, picture[:headerEnd]...), chunk...), picture[headerEnd:]...)
}
