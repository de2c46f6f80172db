package store

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// maxRaws is how many webhooks one row may hold; it may grow, but never shrink,
// since Raws finds the row of an id by it.
const maxRaws = 1024

// rawHead is what a packed row says of one webhook beside its body.
type rawHead struct {
	At     int64       `json:"at"`
	Tenant string      `json:"tenant,omitempty"`
	Team   string      `json:"team,omitempty"`
	Signer wa.NumberID `json:"signer"`
	Length int         `json:"length"` // of the body, in bytes
}

// KeepRaws writes webhooks down as they came and gives them their ids. All of a
// call share rows: webhooks resemble each other, so that packed together they
// are a fifth of their length, and one row instead of a hundred spares intake
// most of what keeping them would cost.
func (q Inbox) KeepRaws(tx txn.Tx, raws []*inbox.Raw) error {
	for part := range slices.Chunk(raws, maxRaws) {
		if err := q.keepRaws(within(tx), part); err != nil {
			return err
		}
	}
	return nil
}

func (q Inbox) keepRaws(tx *Tx, raws []*inbox.Raw) error {
	first := q.s.ids.block(len(raws))
	from, to := raws[0].ReceivedAt, raws[0].ReceivedAt
	for i, r := range raws {
		r.ID = first + int64(i)
		if r.ReceivedAt.Before(from) {
			from = r.ReceivedAt
		}
		if r.ReceivedAt.After(to) {
			to = r.ReceivedAt
		}
	}
	packed, err := q.s.packRaws(raws)
	if err != nil {
		return err
	}
	sealed, err := q.s.seal.Seal(packed, associated(0, sealWebhook))
	if err != nil {
		return err
	}
	err = tx.do(`INSERT INTO webhook (id, received_at, last_at, count, body_sealed) VALUES ($1, $2, $3, $4, $5)`, first, ms(from), ms(to), len(raws), sealed)
	return err
}

// packRaws writes the length of the heads, the heads and the bodies, compressed.
func (s *Store) packRaws(raws []*inbox.Raw) ([]byte, error) {
	heads := make([]rawHead, len(raws))
	for i, r := range raws {
		heads[i] = rawHead{At: ms(r.ReceivedAt), Tenant: r.Tenant, Team: r.Team, Signer: r.SignerID, Length: len(r.Body)}
	}
	text, err := json.Marshal(heads)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, reused := s.packers.Get().(*flate.Writer)
	if reused {
		w.Reset(&out)
	} else if w, err = flate.NewWriter(&out, flate.BestSpeed); err != nil {
		return nil, err
	}
	defer s.packers.Put(w)
	w.Write(binary.AppendUvarint(nil, uint64(len(text)))) // a buffer takes everything; Close tells otherwise
	w.Write(text)
	for _, r := range raws {
		w.Write(r.Body)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

var errRaws = errors.New("a row of kept webhooks cannot be read")

func unpackRaws(packed []byte, first int64) ([]inbox.Raw, error) {
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, errors.Join(errRaws, err)
	}
	length, n := binary.Uvarint(plain)
	if n <= 0 || length > uint64(len(plain)-n) {
		return nil, errRaws
	}
	text, rest := plain[n:n+int(length)], plain[n+int(length):]
	var heads []rawHead
	if err := json.Unmarshal(text, &heads); err != nil {
		return nil, errors.Join(errRaws, err)
	}
	raws := make([]inbox.Raw, len(heads))
	for i, h := range heads {
		if h.Length < 0 || h.Length > len(rest) {
			return nil, errRaws
		}
		raws[i] = inbox.Raw{ID: first + int64(i), Tenant: h.Tenant, Team: h.Team, SignerID: h.Signer, Body: rest[:h.Length], ReceivedAt: at(h.At)}
		rest = rest[h.Length:]
	}
	return raws, nil
}

// Raws returns kept webhooks, oldest first.
func (q Inbox) Raws(tx txn.Tx, s inbox.Span) ([]inbox.Raw, error) {
	return q.raws(tx, s.Limit, func(r inbox.Raw) bool {
		return r.ID > s.After && !r.ReceivedAt.Before(s.Since) && (s.Until.IsZero() || r.ReceivedAt.Before(s.Until))
	}, false, `
		SELECT id, body_sealed FROM webhook
		WHERE id > $1 AND last_at >= $2 AND (CAST($3 AS BIGINT) = 0 OR received_at < $3) ORDER BY id LIMIT $4`,
		s.After-maxRaws, ms(s.Since), ms(s.Until), s.Limit+maxRaws)
}

// LatestRaws returns kept webhooks, newest first.
func (q Inbox) LatestRaws(tx txn.Tx, before int64, limit int) ([]inbox.Raw, error) {
	return q.raws(tx, limit, func(r inbox.Raw) bool { return before == 0 || r.ID < before }, true, `
		SELECT id, body_sealed FROM webhook
		WHERE id < $1 ORDER BY id DESC LIMIT $2`, orLast(before), limit)
}

// raws reads rows until limit wanted webhooks were found.
func (q Inbox) raws(tx txn.Tx, limit int, wanted func(inbox.Raw) bool, newest bool, query string, args ...any) (raws []inbox.Raw, err error) {
	errEnough := errors.New("enough")
	err = within(tx).query(query, func(scan func(...any) error) error {
		var first int64
		var sealed []byte
		if err := scan(&first, &sealed); err != nil {
			return err
		}
		packed, err := q.s.seal.Open(sealed, associated(0, sealWebhook))
		if err != nil {
			return fmt.Errorf("open webhook: %w", err)
		}
		part, err := unpackRaws(packed, first)
		if err != nil {
			return err
		}
		if newest {
			slices.Reverse(part)
		}
		for _, r := range part {
			if wanted(r) {
				raws = append(raws, r)
			}
			if len(raws) == limit {
				return errEnough
			}
		}
		return nil
	}, args...)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return raws, err
}
