package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"kontor/internal/wa"
)

// News is what commits brought that somebody may wait for, here or on another
// node of the same database. It promises nothing: a node that goes down between
// a commit and its news leaves the others to their polls, once a second.
type News struct {
	All     bool          // something may have been missed: look at everything
	Facts   bool          // the journal has new facts
	Jobs    bool          // a job is due
	Numbers []wa.NumberID // a message of theirs may be due to leave
	Present []Present     // who looks at what: said beside commits, see Announce
}

// Present is what a person does in a conversation; State is one letter.
type Present struct {
	Workspace    wa.WorkspaceID
	Conversation wa.ConversationID
	Person       wa.PersonID
	State        string
}

func (n *News) empty() bool {
	return !n.All && !n.Facts && !n.Jobs && len(n.Numbers)+len(n.Present) == 0
}

func (n *News) number(id wa.NumberID) {
	if !slices.Contains(n.Numbers, id) {
		n.Numbers = append(n.Numbers, id)
	}
}

func (n *News) add(o News) {
	n.All, n.Facts, n.Jobs = n.All || o.All, n.Facts || o.Facts, n.Jobs || o.Jobs
	for _, id := range o.Numbers {
		n.number(id)
	}
	for _, p := range o.Present {
		n.present(p)
	}
}

// present keeps what a person said last of a conversation. What is beyond the
// bound is dropped: it is said again within seconds.
func (n *News) present(p Present) {
	for i, old := range n.Present {
		if old.Workspace == p.Workspace && old.Conversation == p.Conversation && old.Person == p.Person {
			n.Present[i] = p
			return
		}
	}
	if len(n.Present) < mostPresent {
		n.Present = append(n.Present, p)
	}
}

// most bounds the numbers in one piece of news: PostgreSQL takes 8000 bytes.
const most = 200

// mostPresent bounds who is present in one piece of news: some 60 bytes each.
const mostPresent = 50

// text is how a node tells others: its own name, then words.
func (n *News) text(node string) string {
	words := []string{node}
	if n.All || len(n.Numbers) > most {
		words = append(words, "all")
		return strings.Join(append(words, n.presence()...), " ")
	}
	if n.Facts {
		words = append(words, "facts")
	}
	if n.Jobs {
		words = append(words, "jobs")
	}
	for _, id := range n.Numbers {
		words = append(words, strconv.FormatInt(int64(id), 10))
	}
	return strings.Join(append(words, n.presence()...), " ")
}

// presence are the words @workspace.conversation.person.state.
func (n *News) presence() (words []string) {
	for _, p := range n.Present {
		words = append(words, fmt.Sprintf("@%d.%d.%d.%s", p.Workspace, p.Conversation, p.Person, p.State))
	}
	return words
}

// parseNews reads text; a word that a newer version may have is All.
func parseNews(text string) (node string, n News) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", News{All: true}
	}
	for _, word := range words[1:] {
		id, err := strconv.ParseInt(word, 10, 64)
		switch {
		case word == "facts":
			n.Facts = true
		case word == "jobs":
			n.Jobs = true
		case err == nil:
			n.number(wa.NumberID(id))
		case strings.HasPrefix(word, "@"):
			var p Present
			if _, err := fmt.Sscanf(word, "@%d.%d.%d.%s", &p.Workspace, &p.Conversation, &p.Person, &p.State); err == nil {
				n.present(p)
			}
		default:
			n.All = true
		}
	}
	return words[0], n
}

// newsroom hands news on: to this process at once, and to the other nodes by
// whoever runs Hear.
type newsroom struct {
	node  string // this process's name among the nodes
	heard atomic.Pointer[func(News)]

	mu      sync.Mutex
	pending News          // guarded by mu: not told to the others yet
	bell    chan struct{} // holds one ring
	telling bool          // guarded by mu: somebody runs Hear on PostgreSQL
}

func newNewsroom(node string) *newsroom {
	return &newsroom{node: node, bell: make(chan struct{}, 1)}
}

// OnNews sets who is told of what was committed, here or elsewhere. It is called
// once, before the first write that somebody waits for. heard must not block.
func (s *Store) OnNews(heard func(News)) { s.news.heard.Store(&heard) }

// here tells this process.
func (r *newsroom) here(n News) {
	if heard := r.heard.Load(); heard != nil {
		(*heard)(n)
	}
}

// committed is called by the writers after a commit. It never blocks.
func (r *newsroom) committed(n News) {
	if n.empty() {
		return
	}
	r.here(n)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.telling {
		return
	}
	r.pending.add(n)
	select {
	case r.bell <- struct{}{}:
	default:
	}
}

// Announce tells this process and the other nodes who looks at what, beside any
// commit. It never blocks, and promises nothing: see News.
func (s *Store) Announce(p ...Present) { s.news.committed(News{Present: p}) }

// take empties what the other nodes are to be told.
func (r *newsroom) take() News {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.pending
	r.pending = News{}
	return n
}

func (r *newsroom) tell(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.telling, r.pending = on, News{}
}

// channelOf is the name under which the nodes of one installation talk: a server
// may have several, each in a schema of its own.
func channelOf(schema int64) string { return fmt.Sprintf("kontor_%d", schema) }
