package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// idHeadroom is added to the id counter at every start: a crash may have lost
// the newest numbers, and no wamid may ever be given twice.
const idHeadroom = 1 << 20

// stateVersion is the version of the state file.
const stateVersion = 1

// stateFile is the JSON of the state file.
type stateFile struct {
	Version   int                     `json:"version"`
	Seed      uint64                  `json:"seed,string"`
	Counter   uint64                  `json:"counter"`
	Offset    time.Duration           `json:"offset"`
	Numbers   map[string]numberState  `json:"numbers"`
	Accounts  map[string]accountState `json:"accounts"`
	Templates []*Template             `json:"templates"`
	Customers []storedCustomer        `json:"customers"`
	Media     []*media                `json:"media"`
	Pending   []*update               `json:"pending"`
	Portfolio json.RawMessage         `json:"portfolio,omitempty"`
	Faults    []fault                 `json:"faults,omitempty"`
	Conducts  map[string]conduct      `json:"conducts,omitempty"`
	Paces     map[string]pace         `json:"paces,omitempty"`
	Prices    *priceBook              `json:"prices,omitempty"`
	Posting   posting                 `json:"posting,omitzero"`
	Sessions  []session               `json:"uploads,omitempty"`
	Frozen    time.Time               `json:"frozen,omitzero"`
}

type storedCustomer struct {
	customer
	Messages []message `json:"messages"`
}

// snapshot copies the state; the copy shares only what never changes.
func (s *Sandbox) snapshot() *stateFile {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.st
	f := &stateFile{
		Version: stateVersion, Seed: st.seed, Counter: st.counter, Offset: st.offset,
		Numbers: map[string]numberState{}, Accounts: map[string]accountState{}, Templates: st.templates,
	}
	for id, n := range st.numbers {
		kept := n.numberState
		kept.Service = map[string]int{}
		for month, count := range n.Service {
			kept.Service[month] = count
		}
		f.Numbers[id] = kept
	}
	for id, a := range st.accounts {
		f.Accounts[id] = a.accountState
	}
	for _, phone := range sortedKeys(st.customers) {
		c := st.customers[phone]
		kept := storedCustomer{customer: *c, Messages: make([]message, len(c.list))}
		kept.list, kept.Chats = nil, map[string]*chat{}
		for pnid, ch := range c.Chats {
			clone := *ch
			kept.Chats[pnid] = &clone
		}
		for i, m := range c.list {
			kept.Messages[i] = *m
		}
		f.Customers = append(f.Customers, kept)
	}
	for _, id := range sortedKeys(st.media) {
		f.Media = append(f.Media, st.media[id])
	}
	f.Pending = s.courier.pending()
	st.keepRuling(f)
	f.Portfolio = st.portfolio.raw()
	return f
}

// save writes the state file: a temporary file, synced and renamed, so that a
// crash leaves the old or the new one.
func (s *Sandbox) save() error {
	if s.opt.StateFile == "" {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	body, err := json.Marshal(s.snapshot())
	if err != nil {
		return fmt.Errorf("sandbox: state: %w", err)
	}
	if err := replaceFile(s.opt.StateFile, body); err != nil {
		return fmt.Errorf("sandbox: state file: %w", err)
	}
	return nil
}

// replaceFile puts body where path is, all or nothing.
func replaceFile(path string, body []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has its name
	_, err = f.Write(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// runWriter writes the state file soon after something changed. The pause
// between two writes grows with what a write costs, so that writing never takes
// more than a tenth of the time.
func (s *Sandbox) runWriter(ctx context.Context) {
	pauseFor := 200 * time.Millisecond
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.dirty:
		}
		began := time.Now()
		if err := s.save(); err != nil {
			s.log.Error("state file not written, it will be tried again", "error", err)
			s.changed()
		}
		pauseFor = max(200*time.Millisecond, 10*time.Since(began))
		if !pause(ctx, pauseFor) {
			return
		}
	}
}

// load takes over what the state file holds. Numbers and accounts that are no
// longer configured are left behind with their messages.
func (s *Sandbox) load() error {
	if s.opt.StateFile == "" {
		return nil
	}
	body, err := os.ReadFile(s.opt.StateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sandbox: state file: %w", err)
	}
	var f stateFile
	if err := json.Unmarshal(body, &f); err != nil {
		return fmt.Errorf("sandbox: state file %s is damaged, move it away to start anew: %w", s.opt.StateFile, err)
	}
	if f.Version != stateVersion {
		return fmt.Errorf("sandbox: state file %s has version %d, this program reads %d", s.opt.StateFile, f.Version, stateVersion)
	}
	return s.restore(&f, idHeadroom)
}

// restore takes over a state file; headroom is added to the counter of ids.
func (s *Sandbox) restore(f *stateFile, headroom uint64) error {
	st := s.st
	st.seed, st.counter, st.offset = f.Seed, max(f.Counter, st.counter)+headroom, f.Offset
	s.restoreRuling(f)
	if err := st.restorePortfolio(s.opt, f.Portfolio); err != nil {
		return fmt.Errorf("sandbox: state file %s is damaged, move it away to start anew: %w", s.opt.StateFile, err)
	}
	for id, kept := range f.Numbers {
		if n := st.numbers[id]; n != nil {
			n.numberState = kept
			if n.cfg.PerSecond != 0 { // configured beats remembered
				n.PerSecond = n.cfg.PerSecond
			}
		}
	}
	for id, kept := range f.Accounts {
		if a := st.accounts[id]; a != nil {
			a.accountState = kept
		}
	}
	s.restoreTemplates(f.Templates)
	for _, m := range f.Media {
		st.media[m.ID] = m
	}
	for i := range f.Customers {
		s.restoreCustomer(&f.Customers[i])
	}
	for _, u := range f.Pending {
		if st.numbers[u.number] != nil || (u.number == "" && st.accounts[u.account] != nil) {
			s.courier.enqueue(u, u.customer, 0)
		}
	}
	return nil
}

// restoreTemplates keeps the file's catalogue, and adds what has been
// configured since.
func (s *Sandbox) restoreTemplates(kept []*Template) {
	configured := s.st.templates
	s.st.templates = nil
	for _, t := range kept {
		if s.st.accounts[t.Account] != nil {
			s.st.templates = append(s.st.templates, t)
		}
	}
	for _, t := range configured {
		if s.st.templateNamed(t.Account, t.Name, t.Language) == nil {
			t.ID = s.st.objectID("template")
			s.st.templates = append(s.st.templates, t)
		}
	}
}

func (s *Sandbox) restoreCustomer(kept *storedCustomer) {
	c := kept.customer
	if c.Chats == nil {
		c.Chats = map[string]*chat{}
	}
	s.st.customers[c.Phone] = &c
	s.st.byBSUID[c.BSUID] = &c
	for i := range kept.Messages {
		m := &kept.Messages[i]
		if s.st.numbers[m.Number] == nil {
			continue
		}
		s.st.add(&c, m, s.opt.MessagesPerCustomer)
		if m.Inbound || (m.Status != accepted && m.Status != sent) {
			continue
		}
		if m.Status == accepted {
			m.Links = m.linksLeft()
		}
		s.agenda.put(time.Now(), m.ID)
	}
}

// linksLeft are the links that were not fetched before the sandbox stopped.
func (m *message) linksLeft() []mediaRef {
	var payload any
	if json.Unmarshal(m.Content, &payload) != nil {
		return nil
	}
	refs, _ := mediaRefs(map[string]any{m.Type: payload}, "")
	var left []mediaRef
	for _, ref := range refs {
		if ref.link != "" && m.Media[ref.link] == "" {
			left = append(left, ref)
		}
	}
	return left
}
