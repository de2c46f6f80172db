package store

import (
	"reflect"
	"testing"

	"kontor/internal/wa"
)

func TestNewsCarriesWhoIsPresent(t *testing.T) {
	n := News{Facts: true, Present: []Present{{1, 2, 3, "typing"}}}
	n.add(News{Present: []Present{{1, 2, 3, "viewing"}, {1, 2, 4, "left"}}})
	if len(n.Present) != 2 || n.Present[0].State != "viewing" {
		t.Errorf("got %v, want what each said last", n.Present)
	}
	node, got := parseNews(n.text("me"))
	if node != "me" || !reflect.DeepEqual(got, n) {
		t.Errorf("got %+v from %s, want %+v", got, node, n)
	}
	many := News{All: true}
	for i := range 2 * mostPresent {
		many.add(News{Present: []Present{{Workspace: 1 << 60, Conversation: 1 << 60, Person: 1<<60 + wa.PersonID(i), State: "viewing"}}})
	}
	if text := many.text("0123456789ABCDEFGHIJKLMNOP"); len(many.Present) != mostPresent || len(text) > 7900 {
		t.Errorf("got %d of them in %d bytes, want %d in fewer than PostgreSQL takes", len(many.Present), len(text), mostPresent)
	}
}
