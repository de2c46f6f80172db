// Package presence knows which colleagues look at which conversation at this
// moment, and who of them writes. It lives in memory: what somebody says holds
// for seconds and is said again while it is so, so that whoever closes a lid or
// loses a line is gone by themselves, and a node that starts knows everybody
// again soon. Nodes tell each other; nothing is stored, and no fact is written.
//
// Loss: a word that does not reach another node is said again within seconds.
// Bounds: a person is in at most MaxRooms conversations (the oldest goes first),
// and a workspace remembers at most MaxMarks.
package presence

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"kontor/internal/wa"
)

// State is what somebody does in a conversation.
type State string

const (
	Viewing State = "viewing"
	Typing  State = "typing"
	Left    State = "left"
)

// How long a word holds, and how many are kept.
const (
	ViewingFor = 40 * time.Second // said again every 15 s
	TypingFor  = 7 * time.Second  // said again every 3 s
	MaxRooms   = 20               // conversations of one person
	MaxMarks   = 10_000           // of one workspace
)

// Word is what somebody says.
type Word struct {
	Workspace    wa.WorkspaceID
	Conversation wa.ConversationID
	Person       wa.PersonID
	State        State
}

// Mark is somebody who is in a conversation.
type Mark struct {
	Person wa.PersonID
	State  State // Viewing or Typing
}

// mark is until when somebody is there, and writes.
type mark struct{ there, typing time.Time }

func (m mark) state(now time.Time) State {
	switch {
	case now.Before(m.typing):
		return Typing
	case now.Before(m.there):
		return Viewing
	}
	return Left
}

// house is what a workspace knows.
type house struct {
	rooms map[wa.ConversationID]map[wa.PersonID]mark
	marks int
}

// Board is the package at work. Safe for concurrent use.
type Board struct {
	now     func() time.Time
	changed func(ws wa.WorkspaceID, id wa.ConversationID)

	mu     sync.Mutex // guards houses and what is in them
	houses map[wa.WorkspaceID]*house
}

// New makes a Board. changed is told, without a lock of the board's, that
// somebody came to a conversation, left it, began to write or stopped; it must
// not block.
func New(now func() time.Time, changed func(ws wa.WorkspaceID, id wa.ConversationID)) *Board {
	return &Board{now: now, changed: changed, houses: map[wa.WorkspaceID]*house{}}
}

// Hear takes a word, of this node or of another.
func (b *Board) Hear(w Word) {
	if !b.hear(w) {
		return
	}
	b.changed(w.Workspace, w.Conversation)
}

func (b *Board) hear(w Word) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, now := b.houses[w.Workspace], b.now()
	if h == nil {
		h = &house{rooms: map[wa.ConversationID]map[wa.PersonID]mark{}}
		b.houses[w.Workspace] = h
	}
	old, known := h.rooms[w.Conversation][w.Person]
	if !known && (w.State == Left || !h.room(w.Person)) {
		return false
	}
	fresh := mark{there: now.Add(ViewingFor)}
	switch w.State {
	case Left:
		h.remove(w.Conversation, w.Person)
		return true
	case Typing:
		fresh.typing = now.Add(TypingFor)
	}
	h.put(w.Conversation, w.Person, fresh)
	return old.state(now) != fresh.state(now)
}

// room makes place for a person in one more conversation.
func (h *house) room(person wa.PersonID) bool {
	var oldest wa.ConversationID
	var since time.Time
	in := 0
	for id, people := range h.rooms {
		if m, there := people[person]; there {
			if in++; oldest == 0 || m.there.Before(since) {
				oldest, since = id, m.there
			}
		}
	}
	if in >= MaxRooms {
		h.remove(oldest, person)
	}
	return h.marks < MaxMarks
}

func (h *house) put(id wa.ConversationID, person wa.PersonID, m mark) {
	people := h.rooms[id]
	if people == nil {
		people = map[wa.PersonID]mark{}
		h.rooms[id] = people
	}
	if _, there := people[person]; !there {
		h.marks++
	}
	people[person] = m
}

func (h *house) remove(id wa.ConversationID, person wa.PersonID) {
	delete(h.rooms[id], person)
	h.marks--
	if len(h.rooms[id]) == 0 {
		delete(h.rooms, id)
	}
}

// In is who is in a conversation, by id.
func (b *Board) In(ws wa.WorkspaceID, id wa.ConversationID) []Mark {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, now := b.houses[ws], b.now()
	if h == nil {
		return nil
	}
	var out []Mark
	for person, m := range h.rooms[id] {
		if s := m.state(now); s != Left {
			out = append(out, Mark{person, s})
		}
	}
	slices.SortFunc(out, func(a, b Mark) int { return cmp.Compare(a.Person, b.Person) })
	return out
}

// Rooms are the conversations of a workspace in which somebody is, by id.
func (b *Board) Rooms(ws wa.WorkspaceID) []wa.ConversationID {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.houses[ws]
	if h == nil {
		return nil
	}
	out := make([]wa.ConversationID, 0, len(h.rooms))
	for id := range h.rooms {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Run lets go of who has not spoken for too long, until ctx ends; it returns nil.
func (b *Board) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := b.now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := b.now()
		b.sweep(last, now)
		last = now
	}
}

// sweep tells of what ended between two moments, and forgets who is gone.
func (b *Board) sweep(last, now time.Time) {
	type place struct {
		ws wa.WorkspaceID
		id wa.ConversationID
	}
	var ended []place
	b.mu.Lock()
	for ws, h := range b.houses {
		for id, people := range h.rooms {
			over := false
			for person, m := range people {
				over = over || m.state(last) != m.state(now)
				if m.state(now) == Left {
					over = true
					h.remove(id, person)
				}
			}
			if over {
				ended = append(ended, place{ws, id})
			}
		}
		if len(h.rooms) == 0 {
			delete(b.houses, ws)
		}
	}
	b.mu.Unlock()
	for _, e := range ended {
		b.changed(e.ws, e.id)
	}
}
