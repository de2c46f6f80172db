package sandbox

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// A QR symbol of version 3, level L, in bytes: 29 × 29 modules, 55 bytes of data
// and 15 of correction in one block (ISO/IEC 18004). A link of WhatsApp fits.
const (
	qrSize  = 29
	qrData  = 55
	qrCheck = 15
	qrMost  = qrData - 2 // characters
)

// qrSymbol draws text; nil when it is too long.
func qrSymbol(text string) *[qrSize][qrSize]bool {
	if len(text) > qrMost {
		return nil
	}
	q := &qrDrawing{}
	q.patterns()
	q.fill(append(qrBytes(text), qrCorrection(qrBytes(text))...))
	return &q.dark
}

// qrBytes are mode, length and text, padded.
func qrBytes(text string) []byte {
	var bits []bool
	put := func(v, n int) {
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, v>>i&1 == 1)
		}
	}
	put(4, 4)
	put(len(text), 8)
	for i := range len(text) {
		put(int(text[i]), 8)
	}
	put(0, 4)
	out := make([]byte, 0, qrData)
	for i := 0; i+8 <= len(bits); i += 8 {
		b := byte(0)
		for j := range 8 {
			if bits[i+j] {
				b |= 1 << (7 - j)
			}
		}
		out = append(out, b)
	}
	for pad := byte(0xec); len(out) < qrData; pad ^= 0xec ^ 0x11 {
		out = append(out, pad)
	}
	return out
}

// qrTimes multiplies in the field of Reed and Solomon.
func qrTimes(a, b byte) byte {
	var p byte
	for b > 0 {
		if b&1 == 1 {
			p ^= a
		}
		high := a & 0x80
		if a <<= 1; high != 0 {
			a ^= 0x1d
		}
		b >>= 1
	}
	return p
}

// qrCorrection is the remainder of data by the generator.
func qrCorrection(data []byte) []byte {
	generator := make([]byte, qrCheck)
	generator[qrCheck-1] = 1
	root := byte(1)
	for range qrCheck {
		for j := range generator {
			generator[j] = qrTimes(generator[j], root)
			if j+1 < len(generator) {
				generator[j] ^= generator[j+1]
			}
		}
		root = qrTimes(root, 2)
	}
	rest := make([]byte, qrCheck)
	for _, b := range data {
		factor := b ^ rest[0]
		copy(rest, rest[1:])
		rest[qrCheck-1] = 0
		for i, g := range generator {
			rest[i] ^= qrTimes(g, factor)
		}
	}
	return rest
}

// qrDrawing is a symbol on its way.
type qrDrawing struct {
	dark, fixed [qrSize][qrSize]bool // [row][column]
}

func (q *qrDrawing) set(row, column int, dark bool) {
	if row >= 0 && row < qrSize && column >= 0 && column < qrSize {
		q.dark[row][column], q.fixed[row][column] = dark, true
	}
}

// patterns draws finders, timing, alignment and format (level L, mask 0).
func (q *qrDrawing) patterns() {
	for i := range qrSize {
		q.set(6, i, i%2 == 0)
		q.set(i, 6, i%2 == 0)
	}
	for _, at := range [][2]int{{3, 3}, {3, qrSize - 4}, {qrSize - 4, 3}} {
		for r := -4; r <= 4; r++ {
			for c := -4; c <= 4; c++ {
				d := max(r, -r, c, -c)
				q.set(at[0]+r, at[1]+c, d != 2 && d != 4)
			}
		}
	}
	for r := -2; r <= 2; r++ {
		for c := -2; c <= 2; c++ {
			q.set(22+r, 22+c, max(r, -r, c, -c) != 1)
		}
	}
	const format = 0b111011111000100 // level L, mask 0, with its own correction
	bit := func(i int) bool { return format>>i&1 == 1 }
	for i := range 6 {
		q.set(i, 8, bit(i))
		q.set(8, i, bit(14-i))
	}
	q.set(7, 8, bit(6))
	q.set(8, 8, bit(7))
	q.set(8, 7, bit(8))
	for i := range 8 {
		q.set(8, qrSize-1-i, bit(i))
	}
	for i := 8; i < 15; i++ {
		q.set(qrSize-15+i, 8, bit(i))
	}
	q.set(qrSize-8, 8, true)
}

// fill draws the bytes in their zigzag, masked.
func (q *qrDrawing) fill(all []byte) {
	i := 0
	for right := qrSize - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for step := range qrSize {
			for _, column := range []int{right, right - 1} {
				row := step
				if (right+1)&2 == 0 {
					row = qrSize - 1 - step
				}
				if q.fixed[row][column] {
					continue
				}
				dark := i < len(all)*8 && all[i/8]>>(7-i%8)&1 == 1
				q.dark[row][column] = dark != ((row+column)%2 == 0)
				i++
			}
		}
	}
}

// qrPNG is the symbol as a picture of 10 pixels a module.
func qrPNG(text string) ([]byte, error) {
	symbol := qrSymbol(text)
	if symbol == nil {
		return nil, fmt.Errorf("text is longer than %d characters", qrMost)
	}
	const scale, quiet = 10, 4
	picture := image.NewPaletted(image.Rect(0, 0, (qrSize+2*quiet)*scale, (qrSize+2*quiet)*scale), color.Palette{color.White, color.Black})
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			row, column := y/scale-quiet, x/scale-quiet
			if row >= 0 && row < qrSize && column >= 0 && column < qrSize && symbol[row][column] {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}

// qrSVG is the symbol as a drawing.
func qrSVG(text string) ([]byte, error) {
	symbol := qrSymbol(text)
	if symbol == nil {
		return nil, fmt.Errorf("text is longer than %d characters", qrMost)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"><rect width="100%%" height="100%%" fill="#fff"/><path d="`, qrSize+8, qrSize+8)
	for row := range qrSize {
		for column := range qrSize {
			if symbol[row][column] {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", column+4, row+4)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return []byte(b.String()), nil
}
