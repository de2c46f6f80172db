package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Fact is what happened, as the live stream tells it. It carries ids only: look
// up what it is about.
type Fact struct {
	Kind           string  `json:"kind" enum:"message.received,message.accepted,message.status,message.edited,message.revoked,message.canceled,conversation.opened,conversation.assigned,conversation.released,conversation.closed,conversation.read,conversation.unread,conversation.snoozed,conversation.woken,conversation.automation,conversation.labeled,label.changed,note.added,note.changed,note.removed,quickreply.changed,team.routing,agent.changed,media.stored,media.failed,number.changed,template.changed,contact.changed,order.created,order.changed,order.status,account.person,account.signed_in,account.sessions,account.invitation,account.team,account.key" doc:"What happened. account.*: only for those who may manage people."`
	ConversationID *string `json:"conversation_id"`
	MessageID      *string `json:"message_id"`
	ContactID      *string `json:"contact_id"`
	NumberID       *string `json:"number_id"`
	ActorID        *string `json:"actor_id" doc:"Who did it, per_…; null when nobody of the house."`
	Detail         string  `json:"detail" doc:"message.status: the new status; message.received: the type; media.failed: the reason; conversation.assigned without actor: the rule that did it; conversation.released team: of another team now, gone: who had it was deactivated; team.routing: the team; agent.changed: who; conversation.woken: by what; conversation.automation: its state; note.*, label.*: its id; order.*: the order, ord_…, and for order.status a space and the status."`
	At             Stamp   `json:"at"`
}

func showFact(f journal.Fact) Fact {
	return Fact{
		Kind: string(f.Kind), ConversationID: opt(f.ConversationID.String()), MessageID: opt(f.MessageID.String()), ContactID: opt(f.ContactID.String()),
		NumberID: opt(f.NumberID.String()), ActorID: opt(f.ActorID.String()), Detail: f.Detail, At: Stamp(f.At),
	}
}

const (
	heartbeat    = 15 * time.Second
	writeTimeout = 10 * time.Second // a client that takes nothing for so long is let go
	catchUpPage  = 200
)

func (a *API) stream(r chi.Router) {
	r.Get(Base+"/events", a.need(account.Read, a.events))
	op := route{
		method: http.MethodGet, path: "/events", id: "stream-events", tag: "Live stream", right: account.Read, summary: "Follow what happens",
		text: "Server-sent events. The first is `hello` with the cursor of the beginning; then `clock` with the time by which windows are counted, `{\"now\"}`, which comes again when that time jumps; then each `fact` with its cursor as id, in the order in which it was committed; `presence`, which has no id, for each conversation in which somebody of the house is, and whenever that changes, `{\"conversation_id\",\"people\":[{\"person_id\",\"name\",\"state\"}]}` with all who are there; a comment every 15 seconds says that the line is alive. After a break send the last id as Last-Event-ID (browsers do) or as ?cursor=: the stream goes on with the next fact, none missing and none twice. Without either it begins with what happens from now on. A client that falls more than 1024 facts behind is let go and goes on in the same way.",
	}.operation()
	op.Parameters = []*huma.Param{
		{Name: "cursor", In: "query", Description: "Where to go on: the id of the last event seen.", Schema: &huma.Schema{Type: huma.TypeString}},
		{Name: "Last-Event-ID", In: "header", Description: "The same, as browsers send it; it counts before cursor.", Schema: &huma.Schema{Type: huma.TypeString}},
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(factType, true, "Fact")
	op.Responses = map[string]*huma.Response{"200": {Description: "A stream without end. The data of each fact:", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: schema}}}}
	a.add(op)
}

// events serves one live stream.
func (a *API) events(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	from, given, err := cursorOf(r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	l, place, err := a.hub.listen(ctx, principal(ctx).WorkspaceID)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	defer a.hub.leave(l)
	if !given {
		from = place
	} else if from, err = a.begin(ctx, from, place); err != nil {
		a.hub.leave(l)
		a.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	s := &sse{w: w, control: http.NewResponseController(w), at: from}
	if s.hello() != nil || s.clock(a.now()) != nil {
		return // the client has left
	}
	if err := a.catchUp(ctx, s, l.workspace, place); err != nil {
		if ctx.Err() == nil {
			a.log.WarnContext(ctx, "a live stream ended while catching up", "err", err)
		}
		return
	}
	rooms := a.Presence.Rooms(l.workspace)
	a.hub.mu.Lock()
	l.look(rooms...)
	a.hub.mu.Unlock()
	a.follow(ctx, s, l)
}

// begin is where a client's stream goes on. Its cursor may be ahead of what the
// hub has handed on, or of what this node may show yet, when another node gave
// it; only one behind the newest fact of all is wrong: then the journal was
// restored from a backup, and the stream begins anew.
func (a *API) begin(ctx context.Context, from, place journal.Cursor) (journal.Cursor, error) {
	if !place.Before(from) {
		return from, nil
	}
	var newest journal.Cursor
	err := a.Runner.Read(ctx, func(tx txn.Tx) (err error) {
		newest, err = a.Journal.Newest(tx)
		return err
	})
	if newest.Before(from) {
		return place, err
	}
	return from, err
}

// catchUp sends what lies between the client's cursor and the place from which
// the hub hands on.
func (a *API) catchUp(ctx context.Context, s *sse, ws wa.WorkspaceID, upTo journal.Cursor) error {
	for s.at.Before(upTo) {
		var facts []journal.Fact
		err := a.Runner.Read(ctx, func(tx txn.Tx) (err error) {
			facts, err = a.Journal.NextOf(tx, int64(ws), s.at, catchUpPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range facts {
			if upTo.Before(f.Cursor) {
				return nil // the hub has this one
			}
			if err := a.tellFact(ctx, s, f); err != nil {
				return err
			}
		}
		if len(facts) < catchUpPage {
			return nil
		}
	}
	return nil
}

// follow sends what the hub hands on, until the client or the hub ends it, or
// the key or session it came with no longer opens.
func (a *API) follow(ctx context.Context, s *sse, l *listener) {
	beat, second := time.NewTicker(heartbeat), time.NewTicker(time.Second)
	defer beat.Stop()
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-second.C:
			// The sandbox moves the time by which rules go: whoever counts it
			// down on a screen is told.
			if panelOver(ctx) {
				return
			}
			if now := a.now(); s.astray(now) && s.clock(now) != nil {
				return
			}
		case f, on := <-l.facts:
			if !on {
				return
			}
			if !s.at.Before(f.Cursor) {
				continue // the client's cursor was ahead of the hub
			}
			if a.tellFact(ctx, s, f) != nil {
				return
			}
		case <-l.nudge:
			if a.tellPresence(ctx, s, l) != nil {
				return
			}
		case <-beat.C:
			if !a.stillIn(ctx) {
				return
			}
			if place, all := a.hub.seen(l); all && s.at.Before(place) {
				s.at = place
			}
			if s.alive() != nil {
				return
			}
		}
	}
}

// errLeft ends the stream of somebody who may come in no more.
var errLeft = errors.New("the key or session opens no more")

// stillIn asks again whether the key or session opens, and in which role: a
// stream lives long, and what it tells follows the role.
func (a *API) stillIn(ctx context.Context) bool {
	req := requestOf(ctx)
	var p account.Principal
	var err error
	if req.panel != nil {
		_, err := a.openPanel(ctx, req.secret, req.panel.token.Origin)
		return err == nil
	}
	if req.byCookie {
		p, _, err = a.accounts.Session(ctx, req.secret)
	} else {
		p, err = a.accounts.Verify(ctx, req.secret)
	}
	req.principal = p
	return err == nil && p.Can(account.Read)
}

// sse writes server-sent events. at is the cursor of the last one.
type sse struct {
	w       http.ResponseWriter
	control *http.ResponseController
	at      journal.Cursor
	ahead   time.Duration // how far the house's time was ahead of the real one when it was told last
}

func (s *sse) hello() error {
	return s.write("event: hello\nid: %s\ndata: {\"cursor\":\"%s\"}\n\n", cursorText(s.at), cursorText(s.at))
}

func (s *sse) fact(f journal.Fact) error {
	data, err := json.Marshal(showFact(f))
	if err != nil {
		return err
	}
	s.at = f.Cursor
	return s.write("event: fact\nid: %s\ndata: %s\n\n", cursorText(f.Cursor), data)
}

// clock tells the time by which the house's rules go, so that a screen counts
// windows down by it and not by a clock of its own that may be wrong.
func (s *sse) clock(now time.Time) error {
	s.ahead = time.Until(now)
	return s.write("event: clock\ndata: {\"now\":\"%s\"}\n\n", now.UTC().Format(stampForm))
}

// astray reports whether the house's time has jumped since it was told.
func (s *sse) astray(now time.Time) bool { return (time.Until(now) - s.ahead).Abs() > time.Second }

// alive is a comment, and moves the client's cursor along over what concerned
// others: it then need not be looked through when the client comes again.
func (s *sse) alive() error { return s.write(": alive\nid: %s\n\n", cursorText(s.at)) }

func (s *sse) write(form string, args ...any) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // a recorder in tests has none
	if _, err := fmt.Fprintf(s.w, form, args...); err != nil {
		return err
	}
	return s.control.Flush()
}

func cursorText(c journal.Cursor) string {
	return strconv.FormatInt(c.Seq, 10)
}

func cursorOf(r *http.Request) (c journal.Cursor, given bool, err error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("cursor")
	}
	if text == "" {
		return c, false, nil
	}
	if c.Seq, err = strconv.ParseInt(text, 10, 64); err != nil || c.Seq < 0 {
		return c, false, badCursor("cursor")
	}
	return c, true, nil
}
