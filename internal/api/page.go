package api

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// Paging are the parameters of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many entries a page has."`
	Cursor string `query:"cursor" maxLength:"200" doc:"Where to go on: next_cursor of the page before. Without it: from the beginning."`
}

// List is a page of a list.
type List[T any] struct {
	Data       []T     `json:"data" nullable:"false" doc:"The entries of this page."`
	NextCursor *string `json:"next_cursor" doc:"Cursor of the next page; null on the last one."`
}

// page makes a List of what a noun answered to a question for one entry more
// than the page has: when it came, there is a next page, behind the last shown.
func page[T, E any](entries []E, limit int, show func(E) T, place func(E) string) List[T] {
	l := List[T]{Data: make([]T, 0, min(len(entries), limit))}
	for i, e := range entries {
		if i == limit {
			next := place(entries[i-1])
			l.NextCursor = &next
			break
		}
		l.Data = append(l.Data, show(e))
	}
	return l
}

// A cursor is a few numbers, without meaning outside.
func packCursor(numbers ...int64) string {
	b := make([]byte, 8*len(numbers))
	for i, n := range numbers {
		binary.BigEndian.PutUint64(b[8*i:], uint64(n))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// unpackCursor reads what packCursor wrote; the empty cursor is all zeros.
func unpackCursor(s string, into ...*int64) error {
	if s == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 8*len(into) {
		return badCursor("cursor")
	}
	for i, n := range into {
		*n = int64(binary.BigEndian.Uint64(b[8*i:]))
		if *n < 0 {
			return badCursor("cursor")
		}
	}
	return nil
}

func badCursor(field string) error {
	return fault.Wrong(codeInvalid, fault.Field{Name: field, Detail: "is not a cursor of this list: take next_cursor as it came."})
}

func placeCursor(at time.Time, id wa.ConversationID) string {
	if at.IsZero() {
		return packCursor(0, int64(id))
	}
	return packCursor(at.UnixMilli(), int64(id))
}

func placeOf(cursor string) (p inbox.Place, err error) {
	var at, id int64
	if err := unpackCursor(cursor, &at, &id); err != nil {
		return inbox.Place{}, err
	}
	if at != 0 {
		p.At = time.UnixMilli(at).UTC()
	}
	p.ID = wa.ConversationID(id)
	return p, nil
}

// Stamp is a moment in answers: RFC 3339 in UTC with milliseconds, null when it
// has not come.
type Stamp time.Time

const stampForm = "2006-01-02T15:04:05.000Z"

// MarshalJSON implements json.Marshaler.
func (s Stamp) MarshalJSON() ([]byte, error) {
	t := time.Time(s)
	if t.IsZero() {
		return []byte("null"), nil
	}
	b := make([]byte, 0, len(stampForm)+2)
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, stampForm)
	return append(b, '"'), nil
}

// Schema implements huma.SchemaProvider.
func (Stamp) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true, Examples: []any{"2026-11-21T09:30:00.000Z"}}
}

// opt is a text that is null when there is none.
func opt[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}
