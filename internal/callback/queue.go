package callback

import (
	"container/heap"
	"time"

	"kontor/internal/wa"
)

const (
	// inHand is how many deliveries a courier knows at once; restInLine how many
	// of them may wait behind the first of their conversation. What is beyond lies
	// in the database and is fetched when its turn comes.
	inHand     = 5000
	restInLine = 20
)

// line are the deliveries of one conversation, or a single one that waits for
// nobody. Only its head may fly.
type line struct {
	key    int64 // conversation, or minus the delivery
	head   *Delivery
	rest   []*Delivery
	more   bool // there are others in the database behind them
	flying bool
	place  int           // in the heap; -1: not in it
	last   wa.DeliveryID // the newest of it in hand
}

// queue is what a courier has in hand: lines, by when their head is due.
type queue struct {
	ordered bool
	lines   map[int64]*line
	due     dueHeap
	size    int // deliveries in hand
	flying  int
}

func newQueue(ordered bool) *queue { return &queue{ordered: ordered, lines: map[int64]*line{}} }

func (q *queue) key(d *Delivery) int64 {
	if q.ordered && d.ConversationID != 0 {
		return int64(d.ConversationID)
	}
	return -int64(d.ID)
}

// add takes a delivery in hand; deliveries come in the order of their ids. One
// that was never tried is due, whatever the clock of the node said that wrote it.
func (q *queue) add(d *Delivery, now time.Time) {
	if d.Attempt == 0 && d.DueAt.After(now) {
		d.DueAt = now
	}
	key := q.key(d)
	l := q.lines[key]
	switch {
	case l == nil:
		l = &line{key: key, head: d, place: -1, last: d.ID}
		q.lines[key] = l
		q.size++
		heap.Push(&q.due, l)
	case l.head.ID == d.ID || l.more:
	case d.ID <= l.last: // it was fetched twice
	case len(l.rest) >= restInLine:
		l.more = true
	default:
		l.rest, l.last = append(l.rest, d), d.ID
		q.size++
	}
}

// next takes the line whose head is due first; nil when none is due by now.
func (q *queue) next(now time.Time) *line {
	if len(q.due) == 0 || q.due[0].head.DueAt.After(now) {
		return nil
	}
	return q.fly(q.due[0])
}

// oldest takes the line with the oldest head, due or not: the one to probe with.
func (q *queue) oldest() *line {
	var first *line
	for _, l := range q.due {
		if first == nil || l.head.ID < first.head.ID {
			first = l
		}
	}
	if first == nil {
		return nil
	}
	return q.fly(first)
}

func (q *queue) fly(l *line) *line {
	heap.Remove(&q.due, l.place)
	l.flying = true
	q.flying++
	return l
}

// landed puts a line back: with its head to be tried again, or without it. A
// line that must be filled from the database is returned.
func (q *queue) landed(l *line, done bool) (fill *line) {
	l.flying = false
	q.flying--
	if !done {
		heap.Push(&q.due, l)
		return nil
	}
	q.size--
	if len(l.rest) > 0 {
		l.head, l.rest = l.rest[0], l.rest[1:]
		heap.Push(&q.due, l)
		return nil
	}
	delete(q.lines, l.key)
	if l.more {
		return l
	}
	return nil
}

// clear lets go of everything that does not fly; what does must not be taken
// twice.
func (q *queue) clear() {
	for key, l := range q.lines {
		if !l.flying {
			delete(q.lines, key)
			continue
		}
		q.size -= len(l.rest)
		l.rest, l.more = nil, l.key > 0 // what is behind it is read when it has landed
	}
	q.due, q.size = nil, q.flying
}

// hurry makes everything due: the endpoint is back.
func (q *queue) hurry(now time.Time) {
	for _, l := range q.due {
		if l.head.DueAt.After(now) {
			l.head.DueAt = now
		}
	}
	heap.Init(&q.due)
}

// wait is how long nothing is due.
func (q *queue) wait(now time.Time, most time.Duration) time.Duration {
	if len(q.due) == 0 {
		return most
	}
	return min(most, max(0, q.due[0].head.DueAt.Sub(now)))
}

// dueHeap orders lines by when their head is due, and then by age.
type dueHeap []*line

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	a, b := h[i].head, h[j].head
	if !a.DueAt.Equal(b.DueAt) {
		return a.DueAt.Before(b.DueAt)
	}
	return a.ID < b.ID
}
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) {
	l := x.(*line)
	l.place = len(*h)
	*h = append(*h, l)
}

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	l.place = -1
	return l
}
