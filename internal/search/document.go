package search

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"kontor/internal/wa"
)

// document is a message or a contact as the index sees it.
type document struct {
	id    int64
	terms []string // each once
}

// maxTerms bounds what one document may take up: a message of 4096 characters
// has some 700 words.
const maxTerms = 1500

// Terms of a word begin with a letter, a digit or a sign. Those below say what a
// message is; no text makes them.
const (
	termNumber    = "\x01n" // business number
	termPerson    = "\x01p" // who of the house wrote it
	termDirection = "\x01d"
	termHas       = "\x01h"
	termDay       = "\x01y" // days since 1970, hexadecimal: in the order of time
)

func dayTerm(t time.Time) string {
	return fmt.Sprintf("%s%08x", termDay, max(t.Unix(), 0)/(24*60*60))
}

func idTerm(prefix string, id int64) string { return fmt.Sprintf("%s%x", prefix, id) }

// messageDocument is a message for the index; ok is false for one that is not
// to be found: taken back, or only a note about another one.
func messageDocument(m *wa.Message) (d document, ok bool) {
	if !findable(m) {
		return document{}, false
	}
	b := newTerms()
	b.add(idTerm(termNumber, int64(m.NumberID)))
	b.add(termDirection + string(m.Direction[:1]))
	b.add(dayTerm(m.At))
	if m.Author.PersonID != 0 {
		b.add(idTerm(termPerson, int64(m.Author.PersonID)))
	}
	text := messageText(&m.Content)
	for _, h := range carries(&m.Content, text) {
		b.add(termHas + string(h))
	}
	b.text(text)
	return document{int64(m.ID), b.list}, true
}

// findable reports whether a message may be an answer at all.
func findable(m *wa.Message) bool {
	switch m.Content.Type {
	case wa.TypeEdit, wa.TypeRevoke: // the message that they are about has it
		return false
	}
	return m.RevokedAt.IsZero()
}

// carries are the filters that a message answers to.
func carries(c *wa.Content, text string) (all []Has) {
	switch c.Type {
	case wa.TypeImage, wa.TypeVideo, wa.TypeAudio, wa.TypeDocument, wa.TypeSticker:
		all = append(all, Has(c.Type), HasMedia)
	case wa.TypeLocation, wa.TypeContacts, wa.TypeOrder:
		all = append(all, Has(c.Type))
	case wa.TypeInteractive:
		if c.Interactive != nil && c.Interactive.Header.MediaPart() != nil && HasOf(c.Interactive.Header.Type) {
			all = append(all, Has(c.Interactive.Header.Type), HasMedia)
		}
	}
	if strings.Contains(text, "http://") || strings.Contains(text, "https://") {
		all = append(all, HasLink)
	}
	return all
}

// HasOf reports whether a word is one of the filters by what a message carries.
func HasOf(word string) bool {
	switch Has(word) {
	case HasImage, HasVideo, HasAudio, HasDocument, HasSticker, HasLocation, HasContacts, HasOrder, HasMedia, HasLink:
		return true
	}
	return false
}

// messageText is everything of a message that a person reads, in lines.
func messageText(c *wa.Content) string {
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			if p = strings.TrimSpace(p); p == "" {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(strings.ToValidUTF8(p, " "))
		}
	}
	media := func(m *wa.Media) {
		if m != nil {
			line(m.Caption, m.Filename)
		}
	}
	if c.Text != nil {
		line(c.Text.Body)
	}
	media(c.MediaPart())
	if r := c.Rendered; r != nil {
		line(r.Header, r.Body, r.Footer)
		line(r.Buttons...)
	} else if c.Template != nil {
		line(c.Template.Name)
	}
	if i := c.Interactive; i != nil {
		if i.Header != nil {
			line(i.Header.Text)
			media(i.Header.MediaPart())
		}
		if i.Body != nil {
			line(i.Body.Text)
		}
		if i.Footer != nil {
			line(i.Footer.Text)
		}
		line(labels(i.Action)...)
	}
	if r := c.Reply; r != nil {
		line(r.Title, r.Description, r.Body)
	}
	if c.Button != nil {
		line(c.Button.Text)
	}
	if l := c.Location; l != nil {
		line(l.Name, l.Address)
	}
	for _, p := range c.Contacts {
		line(p.Name.FormattedName)
		if p.Org != nil {
			line(p.Org.Company)
		}
		for _, n := range p.Phones {
			line(n.Phone)
		}
		for _, e := range p.Emails {
			line(e.Email)
		}
	}
	if o := c.Order; o != nil {
		line(o.Text)
		for _, i := range o.ProductItems {
			line(i.ProductRetailerID)
		}
	}
	if c.Referral != nil {
		line(c.Referral.Headline, c.Referral.Body)
	}
	return b.String()
}

// labels are what is written on the buttons and rows of an interactive message,
// in the order of Meta's JSON.
func labels(action json.RawMessage) (all []string) {
	if len(action) == 0 {
		return nil
	}
	var a struct {
		Button  string `json:"button"`
		Buttons []struct {
			Reply struct {
				Title string `json:"title"`
			} `json:"reply"`
		} `json:"buttons"`
		Sections []struct {
			Title string `json:"title"`
			Rows  []struct {
				Title       string `json:"title"`
				Description string `json:"description"`
			} `json:"rows"`
		} `json:"sections"`
	}
	if json.Unmarshal(action, &a) != nil {
		return nil // another kind of action: it has no labels that we know
	}
	all = append(all, a.Button)
	for _, b := range a.Buttons {
		all = append(all, b.Reply.Title)
	}
	for _, s := range a.Sections {
		all = append(all, s.Title)
		for _, r := range s.Rows {
			all = append(all, r.Title, r.Description)
		}
	}
	return all
}

// contactDocument is a contact for the index.
func contactDocument(c *wa.Contact) document {
	b := newTerms()
	b.text(contactText(c))
	for n := 1; n <= len(c.Phone)-3; n++ { // any part of a number finds it
		b.add(string(c.Phone[n:]))
	}
	return document{int64(c.ID), b.list}
}

// contactText is everything by which a contact is found.
func contactText(c *wa.Contact) string {
	return strings.ToValidUTF8(strings.Join([]string{c.Name, c.ProfileName, c.Username, string(c.Phone), string(c.BSUID)}, "\n"), " ")
}

// terms gathers the terms of one document, each once.
type terms struct {
	seen map[string]bool
	list []string
}

func newTerms() *terms { return &terms{seen: map[string]bool{}} }

func (b *terms) add(term string) {
	if term != "" && !b.seen[term] && len(b.list) < maxTerms {
		b.seen[term] = true
		b.list = append(b.list, term)
	}
}

func (b *terms) text(text string) {
	for _, t := range tokens(text) {
		b.add(t.term)
		b.add(t.other)
	}
}
