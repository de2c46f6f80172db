package search

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Hit is a message that answers a question.
type Hit struct {
	Found
	Excerpt []Part // what it says around the first word found; empty when no words were asked for
}

// PersonHit is a contact that answers.
type PersonHit struct {
	Person
	Name  []Part
	Phone []Part // in digits; empty when none is known
}

// Answer is one page of an answer, newest first.
type Answer struct {
	Messages []Hit
	// Next is the Before of the next page; 0: there is none. A page may be short,
	// even empty, and have a next one: looking stops after so many messages that
	// only seemed to fit.
	Next  wa.MessageID
	State State
}

const (
	verifyBatch = 64
	// maxChecked bounds how many messages a page opens that do not fit after all.
	maxChecked = 2000
	// maxPeople is how many contacts are considered, the newest.
	maxPeople = 300
)

// Find answers a question about messages. Wrong questions are the fault
// "search_invalid", with what is wrong.
func (s *Search) Find(ctx context.Context, q Query) (Answer, error) {
	asked, err := parse(q.Text)
	if err != nil {
		return Answer{}, err
	}
	if len(asked) == 0 && strings.TrimSpace(q.Text) != "" {
		return Answer{}, refuse("has no letter, digit or emoji to look for.")
	}
	clauses := append(asked, q.filters()...)
	if len(asked) == 0 && q.Has == "" {
		return Answer{}, refuse("is empty: type what to look for, or choose what messages carry with has.")
	}
	var a Answer
	err = s.runner.Read(ctx, func(tx txn.Tx) error {
		a = Answer{Messages: []Hit{}}
		if a.State, err = s.state(tx); err != nil {
			return err
		}
		before := cmp.Or(int64(q.Before), math.MaxInt64)
		if q.ConversationID != 0 {
			return s.page(tx, q, asked, s.own(tx, q, before), &a)
		}
		c, err := s.candidates(tx, q.WorkspaceID, Messages, clauses, before)
		if err != nil {
			return err
		}
		return s.page(tx, q, asked, c.next, &a)
	})
	return a, err
}

// own returns, up to n at a time, all messages of the conversation that is asked about:
// few conversations have more than one page checks.
func (s *Search) own(tx txn.Tx, q Query, before int64) func(n int) ([]int64, error) {
	return func(n int) ([]int64, error) {
		ids, err := s.store.MessageIDsOf(tx, q.WorkspaceID, q.ConversationID, wa.MessageID(before), n)
		if len(ids) > 0 {
			before = ids[len(ids)-1]
		}
		return ids, err
	}
}

// page takes candidates until the page is full.
func (s *Search) page(tx txn.Tx, q Query, asked []clause, next func(n int) ([]int64, error), a *Answer) error {
	for checked := 0; ; {
		ids, err := next(min(verifyBatch, max(q.Limit-len(a.Messages)+1, 8)))
		if err != nil || len(ids) == 0 {
			return err
		}
		messages := make([]wa.MessageID, len(ids))
		for i, id := range ids {
			messages[i] = wa.MessageID(id)
		}
		found, err := s.store.Found(tx, q.WorkspaceID, messages)
		if err != nil {
			return err
		}
		if found, err = s.labeled(tx, q, found); err != nil {
			return err
		}
		slices.SortFunc(found, func(x, y Found) int { return cmp.Compare(y.Message.ID, x.Message.ID) })
		for _, f := range found {
			if !q.admits(&f.Message) {
				continue
			}
			text := messageText(&f.Message.Content)
			marks, ok := holds(text, asked)
			if !ok {
				continue
			}
			if len(a.Messages) == q.Limit {
				a.Next = a.Messages[q.Limit-1].Message.ID
				return nil
			}
			a.Messages = append(a.Messages, Hit{Found: f, Excerpt: excerpt(text, marks)})
		}
		if checked += len(ids); checked >= maxChecked {
			a.Next = messages[len(messages)-1]
			return nil
		}
	}
}

// labeled leaves those messages whose conversation has the label, if one was asked for.
func (s *Search) labeled(tx txn.Tx, q Query, found []Found) ([]Found, error) {
	if q.LabelID == 0 || len(found) == 0 {
		return found, nil
	}
	ids := make([]wa.ConversationID, len(found))
	for i, f := range found {
		ids[i] = f.Message.ConversationID
	}
	has, err := s.store.Labeled(tx, q.WorkspaceID, q.LabelID, unique(ids))
	return slices.DeleteFunc(found, func(f Found) bool { return !has[f.Message.ConversationID] }), err
}

// admits checks the filters against the message itself.
func (q *Query) admits(m *wa.Message) bool {
	switch {
	case !findable(m), q.NumberID != 0 && m.NumberID != q.NumberID, q.PersonID != 0 && m.Author.PersonID != q.PersonID,
		q.Direction != "" && m.Direction != q.Direction, !q.From.IsZero() && m.At.Before(q.From), !q.To.IsZero() && !m.At.Before(q.To):
		return false
	}
	return q.Has == "" || slices.Contains(carries(&m.Content, messageText(&m.Content)), q.Has)
}

// filters are the conditions beside the words.
func (q *Query) filters() (all []clause) {
	one := func(s span) { all = append(all, clause{ways: []way{{s}}, filter: true}) }
	if q.NumberID != 0 {
		one(exactly(idTerm(termNumber, int64(q.NumberID))))
	}
	if q.PersonID != 0 {
		one(exactly(idTerm(termPerson, int64(q.PersonID))))
	}
	if q.Direction != "" {
		one(exactly(termDirection + string(q.Direction[:1])))
	}
	if q.Has != "" {
		one(exactly(termHas + string(q.Has)))
	}
	if !q.From.IsZero() || !q.To.IsZero() {
		days := beginning(termDay)
		if !q.From.IsZero() {
			days.lo = dayTerm(q.From)
		}
		if !q.To.IsZero() {
			days.hi = dayTerm(q.To) + "\x00"
		}
		one(days)
	}
	return all
}

// FindPeople answers a question about contacts: by name, username, any part of
// the number, or BSUID; those whose name begins so first, then the latest spoken with.
func (s *Search) FindPeople(ctx context.Context, ws wa.WorkspaceID, text string, limit int) ([]PersonHit, error) {
	asked, err := parse(text)
	if err != nil {
		return nil, err
	}
	phone := phoneDigits(text)
	hits := []PersonHit{}
	if len(asked) == 0 {
		return hits, nil
	}
	err = s.runner.Read(ctx, func(tx txn.Tx) error {
		hits = hits[:0]
		seen := map[wa.ContactID]bool{}
		questions := [][]clause{asked}
		if phone != "" {
			questions = append(questions, []clause{{ways: []way{{beginning(phone)}}}})
		}
		for _, question := range questions {
			c, err := s.candidates(tx, ws, Contacts, question, math.MaxInt64)
			if err != nil {
				return err
			}
			ids, err := c.next(maxPeople)
			if err != nil {
				return err
			}
			contacts := make([]wa.ContactID, len(ids))
			for i, id := range ids {
				contacts[i] = wa.ContactID(id)
			}
			people, err := s.store.People(tx, ws, contacts)
			if err != nil {
				return err
			}
			for _, p := range people {
				_, named := holds(contactText(&p.Contact), asked)
				if seen[p.Contact.ID] || !named && (phone == "" || !strings.Contains(string(p.Contact.Phone), phone)) {
					continue
				}
				seen[p.Contact.ID] = true
				hits = append(hits, personHit(p, asked, phone))
			}
		}
		return nil
	})
	slices.SortStableFunc(hits, func(a, b PersonHit) int {
		return cmp.Or(boolOrder(begins(b.Name), begins(a.Name)), b.LastAt.Compare(a.LastAt), cmp.Compare(b.Contact.ID, a.Contact.ID))
	})
	return hits[:min(len(hits), limit)], err
}

func begins(name []Part) bool { return len(name) > 0 && name[0].Match }

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func personHit(p Person, asked []clause, phone string) PersonHit {
	name := p.Contact.DisplayName()
	h := PersonHit{Person: p, Name: parts(name, marksOf(name, asked))}
	if digits := string(p.Contact.Phone); digits != "" {
		var marks []mark
		if at := strings.Index(digits, phone); phone != "" && at >= 0 {
			marks = []mark{{at, at + len(phone)}}
		}
		h.Phone = parts(digits, marks)
	}
	return h
}

// phoneDigits is what was typed as part of a number, without a leading zero,
// which no stored number has; empty when it is none.
func phoneDigits(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune(" +-()/. ", r):
			return ""
		}
	}
	if d := strings.TrimLeft(b.String(), "0"); len(d) >= 3 {
		return d
	}
	return ""
}

// candidates are documents that seem to answer, of all segments, highest id
// first, each once. A segment is opened when its turn comes.
type candidates struct {
	segments []Head // by their highest id; those in front are open
	opened   []*stream
	clauses  []clause
	before   int64
	open     func(Head) (*reader, error)
	last     int64
}

// stream are the answers of an open segment, from the highest.
type stream struct {
	r    *reader
	docs set
	doc  int // the answer with id is this one
	id   int64
}

func (s *Search) candidates(tx txn.Tx, ws wa.WorkspaceID, kind Kind, clauses []clause, before int64) (*candidates, error) {
	heads, err := s.store.Segments(tx, ws, kind)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(heads, func(a, b Head) int { return cmp.Compare(b.MaxID, a.MaxID) })
	return &candidates{segments: heads, clauses: clauses, before: before, open: func(h Head) (*reader, error) {
		r, err := openSegment(h.Head, func(first, last int64) ([][]byte, error) { return s.store.Blocks(tx, h.Segment, first, last) })
		if err != nil {
			return nil, fmt.Errorf("segment %d: %w", h.ID, err)
		}
		return r, nil
	}}, nil
}

// next returns up to n further candidates.
func (c *candidates) next(n int) (ids []int64, err error) {
	for len(ids) < n {
		var best *stream
		for _, s := range c.opened {
			if best == nil || s.id > best.id {
				best = s
			}
		}
		if len(c.segments) > 0 && (best == nil || c.segments[0].MaxID >= best.id) {
			if err := c.take(); err != nil {
				return nil, err
			}
			continue
		}
		if best == nil {
			return ids, nil
		}
		if best.id != c.last {
			ids = append(ids, best.id)
			c.last = best.id
		}
		more, err := best.move()
		if err != nil {
			return nil, err
		}
		if !more {
			c.opened = slices.DeleteFunc(c.opened, func(s *stream) bool { return s == best })
		}
	}
	return ids, nil
}

// take opens the next segment.
func (c *candidates) take() error {
	h := c.segments[0]
	c.segments = c.segments[1:]
	if h.MinID >= c.before {
		return nil
	}
	r, err := c.open(h)
	if err != nil {
		return err
	}
	docs, err := r.match(c.clauses)
	if err != nil {
		return err
	}
	s := &stream{r: r, docs: docs, doc: r.docs}
	for {
		more, err := s.move()
		if err != nil || !more {
			return err
		}
		if s.id < c.before {
			break
		}
	}
	c.opened = append(c.opened, s)
	return nil
}

// move goes to the next lower answer.
func (s *stream) move() (more bool, err error) {
	for word := (s.doc - 1) / 64; s.doc > 0 && word >= 0; word-- {
		w := s.docs[word]
		if at := s.doc - 64*word; at < 64 { // only what lies below
			w &= 1<<at - 1
		}
		if w != 0 {
			s.doc = 64*word + 63 - bits.LeadingZeros64(w)
			s.id, err = s.r.id(s.doc)
			return err == nil, err
		}
	}
	return false, nil
}
