package inbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// orders are all orders of 0 to n-1.
func orders(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, shorter := range orders(n - 1) {
		for at := range n {
			one := append(append(append([]int{}, shorter[:at]...), n-1), shorter[at:]...)
			all = append(all, one)
		}
	}
	return all
}

func (h *house) edited(from wa.Identity, wamid, original, body string, at time.Time) wa.Received {
	return wa.Received{From: from, Wamid: wa.Wamid(wamid), At: at, Content: wa.Content{Type: wa.TypeEdit, Edit: &wa.Edit{
		OriginalMessageID: wa.Wamid(original), Message: &wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: body}}}}}
}

func (h *house) revoked(from wa.Identity, wamid, original string, at time.Time) wa.Received {
	return wa.Received{From: from, Wamid: wa.Wamid(wamid), At: at, Content: wa.Content{Type: wa.TypeRevoke, Revoke: &wa.Revoke{OriginalMessageID: wa.Wamid(original)}}}
}

// revision is a message with two edits and a revoke, told in four webhooks.
func (h *house) revision(who wa.Identity, name string) []wa.Received {
	return []wa.Received{
		h.text(who, name, "frist"),
		h.edited(who, name+".edit1", name, "first", h.now.Add(time.Second)),
		h.edited(who, name+".edit2", name, "first!", h.now.Add(2*time.Second)),
		h.revoked(who, name+".revoke", name, h.now.Add(3*time.Second)),
	}
}

// revisedWell checks what must come of a revision, whatever the order.
func (h *house) revisedWell(t *testing.T, what, name string) {
	t.Helper()
	m, _, err := h.MessageByWamid(context.Background(), 1, wa.Wamid(name))
	if err != nil || m.Content.Text == nil || m.Content.Text.Body != "first!" || !m.EditedAt.Equal(h.now.Add(2*time.Second)) || !m.RevokedAt.Equal(h.now.Add(3*time.Second)) {
		t.Fatalf("%s: got %+v edited at %v and revoked at %v (%v)", what, m.Content.Text, m.EditedAt, m.RevokedAt, err)
	}
}

// saying is how many conversations say that changes wait.
func (h *house) saying(t *testing.T) (n int) {
	t.Helper()
	for _, tab := range []inbox.Tab{inbox.TabAll, inbox.TabClosed} {
		for _, v := range h.list(t, tab) {
			if v.ChangesWait {
				n++
			}
		}
	}
	return n
}

// nothingWaits checks that no change is left over, and that no conversation asks
// for one: then a message costs no statement more than without all this.
func (h *house) nothingWaits(t *testing.T, what string) {
	t.Helper()
	said := h.saying(t)
	swept, err := h.store.Sweep(context.Background(), store.Limits{Waiting: h.now.Add(1000 * time.Hour)})
	if err != nil || said != 0 || swept.Waiting != 0 {
		t.Errorf("%s: got %d conversations that say that changes wait, and %d changes that do, want none (%v)", what, said, swept.Waiting, err)
	}
}

// Edits and revokes end in the same message in every order of arrival, each told
// twice: one after the other, and all in one webhook.
func TestChangesInEveryOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		who := wa.Identity{Phone: "4915100000001"}
		for n, order := range orders(4) {
			alone, together := fmt.Sprintf("wamid.alone%d", n), fmt.Sprintf("wamid.together%d", n)
			one, all := h.revision(who, alone), []wa.Received{}
			both := h.revision(who, together)
			for _, i := range order {
				h.take(t, one[i])
				h.take(t, one[i])
				all = append(all, both[i], both[i])
			}
			h.take(t, all...)
			h.revisedWell(t, fmt.Sprintf("order %v, one after the other", order), alone)
			h.revisedWell(t, fmt.Sprintf("order %v, in one webhook", order), together)
			h.nothingWaits(t, fmt.Sprint("order ", order))
		}
	})
}

// The same on many connections at once.
func TestChangesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		const people, each = 4, 6
		var all []wa.Received
		for p := range people {
			for m := range each {
				all = append(all, h.revision(wa.Identity{Phone: wa.Phone(fmt.Sprintf("49151000001%02d", p))}, fmt.Sprintf("wamid.%d.%d", p, m))...)
			}
		}
		second := *h // two inboxes on one database, as of two nodes
		second.on(t, s)
		var wg sync.WaitGroup
		for i, r := range append(all, all...) {
			node := h
			if i%2 == 1 {
				node = &second
			}
			wg.Go(func() {
				d := &inbox.Delivery{Received: []inbox.Received{{Number: h.number, Received: r}}}
				if err := node.Take(context.Background(), d); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for p := range people {
			for m := range each {
				h.revisedWell(t, "at once", fmt.Sprintf("wamid.%d.%d", p, m))
			}
		}
		h.nothingWaits(t, "at once")
	})
}

// Nobody changes what another wrote, before it comes as little as after.
func TestAStrangersChangeIsNotApplied(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		who, stranger := wa.Identity{Phone: "4915100000001"}, wa.Identity{Phone: "4915100000002"}
		h.take(t, h.edited(stranger, "wamid.e", "wamid.1", "mine", h.now), h.revoked(stranger, "wamid.r", "wamid.1", h.now))
		h.take(t, h.text(who, "wamid.1", "yours"))
		m, _, err := h.MessageByWamid(context.Background(), 1, "wamid.1")
		if err != nil || m.Content.Text.Body != "yours" || !m.EditedAt.IsZero() || !m.RevokedAt.IsZero() {
			t.Errorf("got %+v (%v), want it unchanged", m, err)
		}
	})
}

// An edit of a caption leaves the file, also when both come in one webhook.
func TestAnEditLeavesTheFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		who := wa.Identity{Phone: "4915100000001"}
		picture := func(id, caption string) wa.Content {
			return wa.Content{Type: wa.TypeImage, Image: &wa.Media{ID: id, MimeType: "image/jpeg", Caption: caption}}
		}
		words := picture("2", "my bike")
		h.take(t,
			wa.Received{From: who, Wamid: "wamid.e", At: h.now, Content: wa.Content{Type: wa.TypeEdit, Edit: &wa.Edit{OriginalMessageID: "wamid.1", Message: &words}}},
			wa.Received{From: who, Wamid: "wamid.1", At: h.now, Content: picture("1", "my bkie")},
		)
		m, _, err := h.MessageByWamid(context.Background(), 1, "wamid.1")
		if err != nil || m.Content.Image == nil || m.Content.Image.Caption != "my bike" || m.Content.Image.ID != "1" || m.Content.Image.MediaID == "" {
			t.Errorf("got %+v (%v), want the new caption beside the file", m.Content.Image, err)
		}
	})
}

// What waits for an original that never comes is forgotten, and the conversation
// finds out.
func TestChangesThatWaitForEver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		who := wa.Identity{Phone: "4915100000001"}
		h.take(t, h.edited(who, "wamid.e", "wamid.never", "x", h.now))
		h.now = h.now.Add(24 * time.Hour)
		h.take(t, h.revoked(who, "wamid.r", "wamid.not.yet", h.now))
		done, err := s.Sweep(context.Background(), store.Limits{Waiting: h.now.Add(-time.Hour)})
		if err != nil || done.Waiting != 1 {
			t.Fatalf("got %+v (%v), want one forgotten", done, err)
		}
		if got := h.saying(t); got != 1 {
			t.Errorf("got %d conversations that say that changes wait, want 1", got)
		}
		h.take(t, h.text(who, "wamid.not.yet", "sorry"))
		m, _, err := h.MessageByWamid(context.Background(), 1, "wamid.not.yet")
		if err != nil || m.RevokedAt.IsZero() {
			t.Errorf("got %+v (%v), want it revoked", m, err)
		}
		h.nothingWaits(t, "at the end")
	})
}

// What waits in one workspace is found when the batch holds another's messages.
func TestChangesOfTwoWorkspacesInOneWebhook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		other := *h.number
		other.ID, other.WorkspaceID, other.PhoneNumberID = wa.NumberID(s.NewID()), 2, "200000000000002"
		err := s.Write(context.Background(), func(tx txn.Tx) error {
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 2, Slug: "other", Name: "Other", SessionHours: 24, CreatedAt: h.now}); err != nil {
				return err
			}
			return s.Numbers().Insert(tx, &other, h.now)
		})
		if err != nil {
			t.Fatal(err)
		}
		who := wa.Identity{Phone: "4915100000001"}
		both := func(r wa.Received) {
			d := &inbox.Delivery{Received: []inbox.Received{{Number: h.number, Received: r}, {Number: &other, Received: r}}}
			if err := h.Take(context.Background(), d); err != nil {
				t.Fatal(err)
			}
		}
		both(h.edited(who, "wamid.e", "wamid.1", "first", h.now))
		both(h.text(who, "wamid.1", "frist"))
		for _, ws := range []wa.WorkspaceID{1, 2} {
			if m, _, err := h.MessageByWamid(context.Background(), ws, "wamid.1"); err != nil || m.Content.Text.Body != "first" {
				t.Errorf("workspace %d: got %+v (%v), want it edited", ws, m.Content.Text, err)
			}
		}
	})
}
