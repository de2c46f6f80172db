package api

import (
	"context"
	"strconv"
	"strings"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// Message is one message in either direction, with what became of it.
type Message struct {
	MessageID      string      `json:"message_id" doc:"Kontor's id." example:"msg_0d5k7v2q8c1a0"`
	Wamid          *string     `json:"wamid" doc:"WhatsApp's id; null until WhatsApp has given one."`
	Direction      string      `json:"direction" enum:"inbound,outbound" doc:"inbound: the customer wrote."`
	Phone          *string     `json:"phone" doc:"The person's number in digits with country code; null when only a BSUID is known."`
	ContactID      string      `json:"contact_id"`
	ConversationID string      `json:"conversation_id"`
	PhoneNumberID  string      `json:"phone_number_id" doc:"Meta's id of the business number."`
	Type           string      `json:"type" doc:"Meta's name of the type: text, image, interactive, …" example:"text"`
	Status         string      `json:"status" enum:"received,accepted,sent,delivered,read,played,failed,uncertain,held,expired,canceled" doc:"How far it has come. uncertain: it was under way when something broke; held: it waits for a person's decision."`
	Content        *wa.Content `json:"content" doc:"What it says: type, and the member that type names, in Meta's field names. Media carry media_id: get the bytes with GET media/{id}."`
	Text           string      `json:"text" doc:"A short plain preview, at most 200 characters."`
	Author         *Author     `json:"author" doc:"Who of the house wrote it; null for what a customer wrote."`
	At             Stamp       `json:"at" doc:"Inbound: WhatsApp's time. Outbound: when it was accepted."`
	StoredAt       Stamp       `json:"stored_at" doc:"When Kontor wrote it down."`
	SentAt         Stamp       `json:"sent_at"`
	DeliveredAt    Stamp       `json:"delivered_at"`
	ReadAt         Stamp       `json:"read_at"`
	PlayedAt       Stamp       `json:"played_at" doc:"Voice messages: first play."`
	FailedAt       Stamp       `json:"failed_at"`
	EditedAt       Stamp       `json:"edited_at" doc:"The customer changed it."`
	RevokedAt      Stamp       `json:"revoked_at" doc:"The customer took it back."`
	Errors         []Trouble   `json:"errors" nullable:"false" doc:"What WhatsApp said when it failed, or at the last try while it waits. Code 0: Kontor says it."`
	Waiting        *Waiting    `json:"waiting" doc:"Why it has not come further, and what to do; null when it does not wait, and in the live stream and lists of conversations."`
	Pricing        *wa.Pricing `json:"pricing" doc:"What WhatsApp said about the charge; null until it has."`
	Opaque         *string     `json:"biz_opaque_callback_data" doc:"The text that the sender gave along."`
}

// Author is who of the house wrote a message.
type Author struct {
	Kind string  `json:"kind" enum:"person,api,greeting,order" doc:"greeting, order: Kontor itself, by the workspace's settings."`
	ID   *string `json:"id" doc:"per_… or key_…"`
	Name *string `json:"name"`
}

// Trouble is an error of WhatsApp's.
type Trouble struct {
	Code    int    `json:"code" doc:"Meta's error code." example:"131047"`
	Title   string `json:"title"`
	Details string `json:"details"`
}

// shown makes the shapes of answers for one request.
type shown struct {
	a       *API
	names   account.Names
	waiting map[wa.MessageID]outbox.Waiting // as far as somebody asked
}

func (a *API) show(ctx context.Context) (shown, error) {
	names, err := a.names.of(ctx, principal(ctx).WorkspaceID)
	return shown{a: a, names: names}, err
}

func (s shown) phoneNumberID(id wa.NumberID) string {
	if n, ok := s.a.Numbers.ByID(id); ok {
		return string(n.PhoneNumberID)
	}
	return ""
}

// message shows m, which is of the person with this phone.
func (s shown) message(m *wa.Message, phone wa.Phone) Message {
	out := Message{
		MessageID: m.ID.String(), Wamid: opt(m.Wamid), Direction: string(m.Direction), Phone: opt(phone),
		ContactID: m.ContactID.String(), ConversationID: m.ConversationID.String(), PhoneNumberID: s.phoneNumberID(m.NumberID),
		Type: string(m.Content.Type), Status: string(m.Status), Content: &m.Content, Text: preview(&m.Content),
		Author: author(s.names, m.Author),
		At:     Stamp(m.At), StoredAt: Stamp(m.StoredAt), SentAt: Stamp(m.SentAt), DeliveredAt: Stamp(m.DeliveredAt), ReadAt: Stamp(m.ReadAt),
		PlayedAt: Stamp(m.PlayedAt), FailedAt: Stamp(m.FailedAt), EditedAt: Stamp(m.EditedAt), RevokedAt: Stamp(m.RevokedAt),
		Errors: make([]Trouble, len(m.Problems)), Pricing: m.Pricing, Opaque: opt(m.Opaque),
	}
	if w, waits := s.waiting[m.ID]; waits {
		out.Waiting = showWaiting(w)
		if len(m.Problems) == 0 {
			out.Errors = make([]Trouble, len(w.Problems))
			for i, p := range w.Problems {
				out.Errors[i] = Trouble{p.Code, p.Title, p.Details}
			}
		}
	}
	for i, p := range m.Problems {
		out.Errors[i] = Trouble{p.Code, p.Title, p.Details}
	}
	return out
}

// Conversation is the correspondence of one business number with one person.
type Conversation struct {
	ConversationID string    `json:"conversation_id"`
	Contact        Contact   `json:"contact"`
	PhoneNumberID  string    `json:"phone_number_id" doc:"Meta's id of the business number."`
	NumberName     string    `json:"number_name" doc:"Verified name of the business number, else the number itself."`
	State          string    `json:"state" enum:"waiting,assigned,closed" doc:"waiting: in the queue."`
	Assignee       *Assignee `json:"assignee" doc:"Who has it; null when nobody."`
	Team           *string   `json:"team" doc:"Slug of the team."`
	TeamID         *string   `json:"team_id" doc:"Whose queue it is in, or was: tea_…; null: that of no team."`
	Labels         []LabelOn `json:"labels" nullable:"false" doc:"Its marks, by name."`
	Snooze         *Snoozed  `json:"snooze" doc:"Until when it is out of sight; null: it is not."`
	Automation     Automated `json:"automation" doc:"Whether programs answer by themselves: the greeting, and flows."`
	Unread         int64     `json:"unread" doc:"Inbound messages that nobody of the house has read."`
	WindowUntil    Stamp     `json:"window_until" doc:"Until when free-form messages may be sent (customer service window, 24 hours after the customer's last message); null when it never opened."`
	SessionUntil   Stamp     `json:"session_until" doc:"Until when the conversation's session lasts."`
	LastMessage    *Message  `json:"last_message"`
	LastAt         Stamp     `json:"last_at"`
	WaitingSince   Stamp     `json:"waiting_since"`
	ClosedAt       Stamp     `json:"closed_at"`
	CreatedAt      Stamp     `json:"created_at"`
}

// LabelOn is a label of a conversation.
type LabelOn struct {
	LabelID string `json:"label_id" doc:"Kontor's id of it." example:"lbl_0d5k7v2q8c1a0"`
	Name    string `json:"name"`
	Colour  string `json:"colour" doc:"# and six hexadecimal digits." example:"#7c3aed"`
}

// Snoozed is until when a conversation is out of sight.
type Snoozed struct {
	Until      Stamp `json:"until" doc:"null: until the customer writes."`
	UntilReply bool  `json:"until_reply" doc:"It comes back when the customer writes, and not before."`
}

// Automated is whether programs answer a conversation by themselves.
type Automated struct {
	State string    `json:"state" enum:"auto,paused,off" doc:"paused: a person has written, or paused it; it goes on by itself."`
	Until Stamp     `json:"until" doc:"When a pause ends."`
	By    *Assignee `json:"by" doc:"Who made it silent."`
}

// Contact is a person outside the house. Any identity may be missing.
type Contact struct {
	ContactID   string  `json:"contact_id" example:"con_0d5k7v2q8c1a0"`
	Name        string  `json:"name" doc:"What the house calls the person: the given name, else the profile's, the username, the number, the BSUID."`
	ProfileName *string `json:"profile_name" doc:"The name in the person's WhatsApp profile."`
	Phone       *string `json:"phone" doc:"Digits with country code."`
	BSUID       *string `json:"bsuid" doc:"WhatsApp's business-scoped user id."`
	Username    *string `json:"username"`
	Language    *string `json:"language"`
}

// Assignee is who has a conversation.
type Assignee struct {
	PersonID string `json:"person_id"`
	Name     string `json:"name"`
}

func (s shown) conversation(v inbox.View) Conversation {
	c := Conversation{
		ConversationID: v.ID.String(), Contact: contact(&v.Contact), PhoneNumberID: s.phoneNumberID(v.NumberID), State: string(v.State),
		Team: opt(v.TeamSlug), Unread: v.Unread, WindowUntil: Stamp(v.WindowUntil), SessionUntil: Stamp(v.SessionUntil), LastAt: Stamp(v.LastAt),
		WaitingSince: Stamp(v.WaitingSince), ClosedAt: Stamp(v.ClosedAt), CreatedAt: Stamp(v.CreatedAt),
	}
	if n, ok := s.a.Numbers.ByID(v.NumberID); ok {
		c.NumberName = n.VerifiedName
		if c.NumberName == "" {
			c.NumberName = n.DisplayPhone
		}
	}
	c.TeamID, c.Labels = opt(v.TeamID.String()), make([]LabelOn, len(v.Labels))
	for i, l := range v.Labels {
		c.Labels[i] = LabelOn{LabelID: l.ID.String(), Name: l.Name, Colour: l.Colour}
	}
	if v.Snooze.On() {
		c.Snooze = &Snoozed{Until: Stamp(v.Snooze.Until), UntilReply: v.Snooze.Reply}
	}
	robot := v.Automation.State(s.a.now())
	if c.Automation.State = string(robot); robot != inbox.RobotAuto {
		c.Automation.Until, c.Automation.By = Stamp(v.Automation.Until), s.who(v.Automation.By)
	}
	if v.AssigneeID != 0 {
		c.Assignee = &Assignee{PersonID: v.AssigneeID.String(), Name: v.AssigneeName}
	}
	if v.Last != nil {
		m := s.message(v.Last, v.Contact.Phone)
		c.LastMessage = &m
	}
	return c
}

// who names somebody of the house; nil for nobody.
func (s shown) who(id wa.PersonID) *Assignee {
	if id == 0 {
		return nil
	}
	return &Assignee{PersonID: id.String(), Name: s.names.People[id]}
}

func contact(c *wa.Contact) Contact {
	return Contact{
		ContactID: c.ID.String(), Name: c.DisplayName(), ProfileName: opt(c.ProfileName), Phone: opt(c.Phone),
		BSUID: opt(c.BSUID), Username: opt(c.Username), Language: opt(c.Language),
	}
}

// preview is what a list shows of a message in one line. Kinds without words of
// their own have none: the web app names them in the reader's language.
func preview(c *wa.Content) string {
	var text string
	switch {
	case c.Text != nil:
		text = c.Text.Body
	case c.MediaPart() != nil:
		if text = c.MediaPart().Caption; text == "" {
			text = c.MediaPart().Filename
		}
	case c.Rendered != nil:
		text = c.Rendered.Body
	case c.Template != nil:
		text = c.Template.Name
	case c.Reply != nil:
		if text = c.Reply.Title; text == "" {
			text = c.Reply.Body
		}
	case c.Button != nil:
		text = c.Button.Text
	case c.Interactive != nil && c.Interactive.Body != nil:
		text = c.Interactive.Body.Text
	case c.Reaction != nil:
		text = c.Reaction.Emoji
	case c.Location != nil:
		if text = c.Location.Name; text == "" {
			text = strconv.FormatFloat(c.Location.Latitude, 'f', 5, 64) + ", " + strconv.FormatFloat(c.Location.Longitude, 'f', 5, 64)
		}
	case len(c.Contacts) > 0:
		text = c.Contacts[0].Name.FormattedName
	case c.Order != nil:
		text = c.Order.Text
	case c.System != nil:
		text = c.System.Body
	case c.Edit != nil && c.Edit.Message != nil:
		return preview(c.Edit.Message)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:199]) + "…"
	}
	return text
}
