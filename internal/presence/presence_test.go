package presence

import (
	"fmt"
	"testing"
	"time"

	"kontor/internal/wa"
)

func TestComingWritingAndGoing(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	told := 0
	b := New(func() time.Time { return now }, func(wa.WorkspaceID, wa.ConversationID) { told++ })
	say := func(person wa.PersonID, s State) { b.Hear(Word{1, 5, person, s}) }
	check := func(what, want string, times int) {
		t.Helper()
		if got := shown(b.In(1, 5)); got != want || told != times {
			t.Errorf("%s: got %s after being told %d times, want %s and %d", what, got, told, want, times)
		}
	}
	say(7, Left)
	check("who was never there leaves", "", 0)
	say(7, Viewing)
	say(7, Viewing)
	check("one is there", "7 viewing ", 1)
	say(8, Typing)
	say(8, Typing)
	check("another writes", "7 viewing 8 typing ", 2)
	if got := fmt.Sprint(len(b.In(2, 5)), len(b.Rooms(2)), len(b.Rooms(1))); got != "0 0 1" {
		t.Errorf("got %s, want another workspace to see nothing", got)
	}
	last := now
	now = now.Add(TypingFor)
	b.sweep(last, now)
	check("who stops writing is still there", "7 viewing 8 viewing ", 3)
	say(8, Left)
	check("one leaves", "7 viewing ", 4)
	last, now = now, now.Add(ViewingFor)
	b.sweep(last, now)
	check("who says nothing is gone", "", 5)
	if len(b.houses) != 0 {
		t.Error("an empty house is remembered")
	}
}

func shown(marks []Mark) (out string) {
	for _, m := range marks {
		out += fmt.Sprint(int64(m.Person), " ", m.State, " ")
	}
	return out
}

func TestPresenceIsBounded(t *testing.T) {
	now := time.Now()
	b := New(func() time.Time { return now }, func(wa.WorkspaceID, wa.ConversationID) {})
	for n := range 3 * MaxRooms {
		now = now.Add(time.Millisecond)
		b.Hear(Word{1, wa.ConversationID(n + 1), 7, Viewing})
	}
	if rooms := b.Rooms(1); len(rooms) != MaxRooms || rooms[0] != 2*MaxRooms+1 {
		t.Errorf("got a person in %d conversations from %d, want the newest %d", len(rooms), rooms[0], MaxRooms)
	}
	for n := range MaxMarks + 100 {
		b.Hear(Word{2, 5, wa.PersonID(n + 1), Viewing})
	}
	if got := len(b.In(2, 5)); got != MaxMarks {
		t.Errorf("got %d in one house, want at most %d", got, MaxMarks)
	}
	b.Hear(Word{2, 5, 1, Left})
	b.Hear(Word{2, 5, MaxMarks + 7, Viewing})
	if got := len(b.In(2, 5)); got != MaxMarks {
		t.Errorf("got %d, want the place of who left taken", got)
	}
}
