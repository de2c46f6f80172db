package media_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/blob/disk"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/provider/cloudapi"
	"kontor/internal/seal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	ws      wa.WorkspaceID = 1
	other   wa.WorkspaceID = 2
	message wa.MessageID   = 500
)

// graph plays WhatsApp's media endpoints (cloud-api.md 1.5).
type graph struct {
	*httptest.Server

	mu       sync.Mutex
	files    map[string][]byte // by media id
	sha256   map[string]string // announced by GET /{media-id}
	refusals []int             // statuses to answer first
	uploads  []string          // "filename type: content"
	hold     chan struct{}     // uploads wait for it, when set
}

func newGraph(t *testing.T) *graph {
	g := &graph{files: map[string][]byte{}, sha256: map[string]string{}}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer token-of-the-number" {
		g.refuse(w, http.StatusUnauthorized, 190)
		return
	}
	g.mu.Lock()
	hold := g.hold
	var refusal int
	if len(g.refusals) > 0 {
		refusal, g.refusals = g.refusals[0], g.refusals[1:]
	}
	g.mu.Unlock()
	id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case refusal != 0:
		g.refuse(w, refusal, map[int]int{404: 0, 500: 1, 400: 100}[refusal])
	case r.Method == http.MethodPost && r.URL.Path == "/v25.0/4711/media":
		file, head, err := r.FormFile("file")
		if err != nil {
			g.refuse(w, http.StatusBadRequest, 100)
			return
		}
		content, _ := io.ReadAll(file)
		if hold != nil {
			<-hold
		}
		g.mu.Lock()
		g.uploads = append(g.uploads, head.Filename+" "+head.Header.Get("Content-Type")+": "+string(content))
		n := len(g.uploads)
		g.mu.Unlock()
		fmt.Fprintf(w, `{"id":"remote-%d"}`, n)
	case strings.HasPrefix(r.URL.Path, "/v25.0/"):
		g.mu.Lock()
		b, known := g.files[id]
		sum := g.sha256[id]
		g.mu.Unlock()
		if !known {
			g.refuse(w, http.StatusBadRequest, 100)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"id": id, "url": g.URL + "/bytes/" + id, "mime_type": "image/jpeg", "sha256": sum, "file_size": fmt.Sprint(len(b)), "messaging_product": "whatsapp"})
	default:
		g.mu.Lock()
		b := g.files[id]
		g.mu.Unlock()
		w.Write(b)
	}
}

func (g *graph) refuse(w http.ResponseWriter, status, code int) {
	w.WriteHeader(status)
	if code != 0 {
		fmt.Fprintf(w, `{"error":{"message":"(#%d)","type":"OAuthException","code":%d,"fbtrace_id":"A"}}`, code, code)
	}
}

func (g *graph) uploaded() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.uploads...)
}

// world is a house with one number, and one message that a customer sent.
type world struct {
	*testing.T
	store  *store.Store
	graph  *graph
	dir    string
	media  *media.Media
	runner *jobs.Runner
	number *wa.Number

	mu  sync.Mutex
	now time.Time
}

func each(t *testing.T, f func(w *world)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { f(newWorld(t, s)) })
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	w := &world{T: t, store: s, graph: newGraph(t), dir: t.TempDir(), now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	w.number = &wa.Number{
		ID: 10, WorkspaceID: ws, PhoneNumberID: "4711", WABAID: "1", Provider: "cloudapi", BaseURL: w.graph.URL, APIVersion: "v25.0",
		State: wa.NumberActive, AccessToken: "token-of-the-number", AppSecret: "s", VerifyToken: "v",
	}
	blobs, err := disk.Open(w.dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	carrier := cloudapi.New(cloudapi.Options{Now: time.Now})
	t.Cleanup(carrier.Close)
	key := make([]byte, seal.KeyLength)
	rand.Read(key)
	keys, err := seal.NewKeyset(key)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New(key, keys)
	if err != nil {
		t.Fatal(err)
	}
	// The lease is long because the tests move the clock by hours while jobs run.
	w.runner = jobs.New(s, s.Jobs(), jobs.Options{Poll: 2 * time.Millisecond, Lease: 10_000 * time.Hour, Now: w.clock})
	w.media = media.New(media.Parts{
		Runner: s, Store: s.Media(), Blobs: blobs, Sealer: sealer, Jobs: w.runner, Journal: s.Journal(), Carrier: carrier, Now: w.clock,
		Number: func(id wa.NumberID) (*wa.Number, bool) { return w.number, id == w.number.ID },
	})
	w.runner.Handle(w.media.FetchWork())
	w.write(w.people)
	return w
}

func (w *world) people(tx txn.Tx) error {
	for _, id := range []wa.WorkspaceID{ws, other} {
		_, err := w.store.Accounts().InsertWorkspace(tx, account.Workspace{ID: id, Slug: fmt.Sprint("house", id), Name: "House", SessionHours: 24, CreatedAt: w.now})
		if err != nil {
			return err
		}
	}
	if err := w.store.Numbers().Insert(tx, w.number, w.now); err != nil {
		return err
	}
	if err := w.store.Contacts().Insert(tx, []*wa.Contact{{ID: 20, WorkspaceID: ws, Phone: "49151", CreatedAt: w.now}}); err != nil {
		return err
	}
	err := w.store.Inbox().InsertConversations(tx, []*inbox.Conversation{{ID: 30, WorkspaceID: ws, NumberID: 10, ContactID: 20, State: inbox.Waiting, CreatedAt: w.now}})
	if err != nil {
		return err
	}
	_, err = w.store.Inbox().InsertReceived(tx, []*wa.Message{{
		ID: message, WorkspaceID: ws, NumberID: 10, ContactID: 20, ConversationID: 30, Wamid: "wamid.1",
		Content: wa.Content{Type: wa.TypeImage, Image: &wa.Media{ID: "m1"}}, At: w.now, StoredAt: w.now,
	}})
	return err
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) write(f func(tx txn.Tx) error) {
	w.Helper()
	if err := w.store.Write(context.Background(), f); err != nil {
		w.Fatal(err)
	}
}

// work runs jobs until the test ends.
func (w *world) work() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.runner.Run(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
}

// settled waits until a file is no longer being fetched; time passes meanwhile,
// so that what failed is tried again.
func (w *world) settled(id wa.MediaID) media.File {
	w.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for {
		f, err := w.media.Find(context.Background(), ws, id)
		if err != nil {
			w.Fatal(err)
		}
		if f.State != media.Fetching {
			return f
		}
		select {
		case <-tick.C:
			w.advance(time.Hour)
		case <-deadline:
			w.Fatal("the file is still being fetched")
		}
	}
}

// facts returns what happened. PostgreSQL shows facts only when no older
// transaction runs on the server, so a last one is written and waited for.
func (w *world) facts() (out []journal.Fact) {
	w.Helper()
	const last journal.Kind = "test.last"
	w.write(func(tx txn.Tx) error { return w.store.Journal().Append(tx, journal.Fact{Kind: last}) })
	deadline := time.After(30 * time.Second)
	for {
		var all []journal.Fact
		err := w.store.Read(context.Background(), func(tx txn.Tx) (err error) {
			all, err = w.store.Journal().Next(tx, journal.Cursor{}, 100)
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		if len(all) > 0 && all[len(all)-1].Kind == last {
			for _, f := range all[:len(all)-1] {
				f.Cursor, f.At = journal.Cursor{}, time.Time{}
				out = append(out, f)
			}
			return out
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-deadline:
			w.Fatal("the facts cannot be read")
		}
	}
}
