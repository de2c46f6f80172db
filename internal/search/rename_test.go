package search_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"kontor/internal/inbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

func TestRenamedPeopleAreFoundByTheirNewName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		ctx := context.Background()
		found := func(text string) int {
			t.Helper()
			people, err := h.FindPeople(ctx, 1, text, 5)
			if err != nil {
				t.Fatal(err)
			}
			return len(people)
		}
		h.says(1, joao, text("oi"))
		h.named(katrin, "Katrin Wunderlich")
		h.settle()
		if got := found("wunderlich"); got != 1 || !bytes.Contains(h.plain(), []byte("wunderlich")) {
			t.Fatalf("got %d people, want the one who is called so", got)
		}
		h.named(katrin, "Katrin Zeisig")
		if got := found("wunderlich"); got != 0 {
			t.Errorf("got %d people by the old name at once, want nobody", got)
		}
		h.settle()
		if got := found("zeisig") + 10*found("wunderlich") + 100*found("5112345"); got != 101 {
			t.Errorf("got %d, want her by the new name and the number, and not by the old name", got)
		}
		if bytes.Contains(h.plain(), []byte("wunderlich")) {
			t.Error("the index still has the old name")
		}
	})
}

// named has somebody write, whose profile has this name now.
func (h *house) named(who, name string) {
	h.t.Helper()
	h.serial++
	from := wa.Identity{Phone: wa.Phone(who), ProfileName: name}
	err := h.inbox.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{{Number: h.numbers[1],
		Received: wa.Received{From: from, Wamid: wa.Wamid(fmt.Sprint("wamid.", h.serial)), At: h.now, Content: text("Hallo")}}}})
	if err != nil {
		h.t.Fatal(err)
	}
}
