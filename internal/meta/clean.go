package meta

import "kontor/internal/wa"

// What a media object may say beside its id or link (cloud-api.md 1.2).
type mediaMembers uint8

const (
	withCaption mediaMembers = 1 << iota
	withFilename
	withVoice
)

// clean is m with only the members that Meta knows: exactly one of id and
// link, id first, and what that kind of media may say.
func clean(m *wa.Media, may mediaMembers) (*wa.Media, error) {
	if m == nil || m.ID == "" && m.Link == "" {
		return nil, unsendable("media_missing", "The message's media has neither an id of WhatsApp's nor a link. Nothing was sent.")
	}
	out := &wa.Media{ID: m.ID}
	if m.ID == "" {
		out.Link = m.Link
	}
	if may&withCaption != 0 {
		out.Caption = m.Caption
	}
	if may&withFilename != 0 {
		out.Filename = m.Filename
	}
	if may&withVoice != 0 {
		out.Voice = m.Voice
	}
	return out, nil
}

// cleanMaybe is clean for media that need not be there.
func cleanMaybe(m *wa.Media, may mediaMembers) (*wa.Media, error) {
	if m == nil {
		return nil, nil
	}
	return clean(m, may)
}

// cleanLocation leaves out the url, which only inbound places have.
func cleanLocation(l *wa.Location) *wa.Location {
	if l == nil || l.URL == "" {
		return l
	}
	out := *l
	out.URL = ""
	return &out
}

// cleanCards leaves out what only inbound cards have.
func cleanCards(cards []wa.ContactCard) []wa.ContactCard {
	out := make([]wa.ContactCard, len(cards))
	for i, card := range cards {
		card.VCard, card.Origin = "", ""
		out[i] = card
	}
	return out
}

func cleanInteractive(i *wa.Interactive) (*wa.Interactive, error) {
	if i.Header.MediaPart() == nil {
		return i, nil
	}
	header := wa.Header{Type: i.Header.Type, Text: i.Header.Text}
	var err [3]error
	header.Image, err[0] = cleanMaybe(i.Header.Image, 0)
	header.Video, err[1] = cleanMaybe(i.Header.Video, 0)
	header.Document, err[2] = cleanMaybe(i.Header.Document, withFilename)
	out := *i
	out.Header = &header
	return &out, first(err[:])
}

func cleanTemplate(t *wa.Template) (*wa.Template, error) {
	out := *t
	var err error
	out.Components, err = cleanComponents(t.Components)
	return &out, err
}

func cleanComponents(in []wa.TemplateComponent) ([]wa.TemplateComponent, error) {
	if in == nil {
		return nil, nil
	}
	out := make([]wa.TemplateComponent, len(in))
	for i, c := range in {
		var err error
		if c.Parameters, err = cleanParameters(c.Parameters); err != nil {
			return nil, err
		}
		if c.Cards, err = cleanTemplateCards(c.Cards); err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

func cleanTemplateCards(in []wa.TemplateCard) ([]wa.TemplateCard, error) {
	if in == nil {
		return nil, nil
	}
	out := make([]wa.TemplateCard, len(in))
	for i, card := range in {
		components, err := cleanComponents(card.Components)
		if err != nil {
			return nil, err
		}
		out[i] = wa.TemplateCard{CardIndex: card.CardIndex, Components: components}
	}
	return out, nil
}

func cleanParameters(in []wa.TemplateParameter) ([]wa.TemplateParameter, error) {
	if in == nil {
		return nil, nil
	}
	out := make([]wa.TemplateParameter, len(in))
	for i, p := range in {
		var err [4]error
		p.Image, err[0] = cleanMaybe(p.Image, 0)
		p.Video, err[1] = cleanMaybe(p.Video, 0)
		p.Document, err[2] = cleanMaybe(p.Document, withFilename)
		p.GIF, err[3] = cleanMaybe(p.GIF, 0)
		if e := first(err[:]); e != nil {
			return nil, e
		}
		p.Location = cleanLocation(p.Location)
		out[i] = p
	}
	return out, nil
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
