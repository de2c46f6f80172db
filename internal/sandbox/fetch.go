package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// fetched is a link that was fetched: Meta keeps it ten minutes per exact URL
// (cloud-api.md 1.1).
type fetched struct {
	media string
	at    time.Time
}

const linkLife = 10 * time.Minute

// fetchAll fetches the links of a message and then lets it go on its way, or
// fail with 131053.
func (s *Sandbox) fetchAll(ctx context.Context, id string, links []mediaRef) {
	found := map[string]string{}
	var why *doom
	for _, ref := range links {
		m, err := s.fetch(ctx, id, ref)
		if ctx.Err() != nil {
			return // the next start tries again
		}
		if err != nil {
			why = &doom{codeMedia, fmt.Sprintf("%s.link: Media upload error: %s", ref.at, err)}
			break
		}
		found[ref.link] = m.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.st.messages[id]
	if m == nil {
		return
	}
	m.Links, m.Doom = nil, why
	for link, mediaID := range found {
		m.attach(link, mediaID)
	}
	s.later(m)
}

// fetch gets one link, from the cache when it is young enough.
func (s *Sandbox) fetch(ctx context.Context, id string, ref mediaRef) (*media, error) {
	s.mu.Lock()
	msg, now := s.st.messages[id], s.nowLocked()
	var cached *media
	if l, ok := s.st.links[ref.link]; ok && now.Sub(l.at) < linkLife {
		cached = s.st.media[l.media]
	}
	s.mu.Unlock()
	if msg == nil {
		return nil, errors.New("the message is gone")
	}
	if cached != nil {
		return cached, asError(ref.suits(cached))
	}
	select {
	case s.fetchAt <- struct{}{}:
		defer func() { <-s.fetchAt }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	m, err := s.download(ctx, msg.Number, ref)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.st.links[ref.link] = fetched{m.ID, now}
	s.mu.Unlock()
	return m, nil
}

// download reads the link's bytes and checks that they suit their place.
func (s *Sandbox) download(ctx context.Context, number string, ref mediaRef) (*media, error) {
	e := Entry{Direction: "out", Kind: "fetch", Method: http.MethodGet, Path: ref.link, Summary: "fetch " + ref.kind}
	began := time.Now()
	m, err := s.get(ctx, number, ref, &e)
	e.Duration = time.Since(began)
	if err != nil {
		e.Note = err.Error()
	}
	s.journal.add(s, e)
	return m, err
}

func (s *Sandbox) get(ctx context.Context, number string, ref mediaRef, e *Entry) (*media, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.link, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "facebookexternalhit/1.1")
	resp, err := s.fetcher.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	e.Status = resp.StatusCode
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("downloading media from the link failed with http code %d", resp.StatusCode)
	}
	st, err := s.blobs.put(resp.Body, maxMedia)
	if errors.Is(err, errTooLarge) {
		return nil, fmt.Errorf("at most %d bytes are allowed", maxMedia)
	}
	if err != nil {
		return nil, err
	}
	declared := resp.Header.Get("Content-Type")
	mimeType := typeOf(declared, st.head)
	probe := &media{MimeType: mimeType, Size: st.size, Head: st.head}
	if bad := ref.suits(probe); bad != nil {
		return nil, asError(bad)
	}
	return s.addMedia(number, declaredOr(declared, mimeType), "", st, uploadLife), nil
}

// asError is a refusal as an error, nil when there is none.
func asError(f *refusal) error {
	if f == nil {
		return nil
	}
	return errors.New(f.details)
}
