package store

import (
	"encoding/json"
	"fmt"
	"time"

	"kontor/internal/callback"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Callbacks keeps subscriptions and their deliveries.
type Callbacks struct{ s *Store }

// Callbacks returns the queries of package callback.
func (s *Store) Callbacks() Callbacks { return Callbacks{s} }

var _ callback.Store = Callbacks{}

// Columns of a subscription and a delivery that are sealed.
const (
	sealCallbackURL      = "callback.url"
	sealCallbackSecret   = "callback.secret"
	sealCallbackPrevious = "callback.previous"
	sealCallbackToken    = "callback.verify_token"
	sealCallbackBody     = "callback_delivery.body"
	sealCallbackAnswer   = "callback_delivery.answer"
)

const callbackColumns = `c.id, c.workspace_id, c.number_id, c.name, c.dialect, c.events, c.url_sealed, c.secret_sealed, c.previous_sealed, c.previous_until,
	c.verify_token_sealed, c.verified_at, c.state, c.generation, c.failures, c.opened_at, c.probe_at, c.succeeded_at, c.failed_at, c.last_error, c.created_at, c.updated_at`

func (q Callbacks) scan(scan func(...any) error, s *callback.Subscription, more ...any) error {
	var events string
	var url, secret, previous, token []byte
	var previousUntil, verified, opened, probe, succeeded, failed, created, updated int64
	err := scan(append([]any{&s.ID, &s.WorkspaceID, &s.NumberID, &s.Name, &s.Dialect, &events, &url, &secret, &previous, &previousUntil,
		&token, &verified, &s.State, &s.Generation, &s.Failures, &opened, &probe, &succeeded, &failed, &s.LastError, &created, &updated}, more...)...)
	if err != nil {
		return err
	}
	s.PreviousUntil, s.VerifiedAt, s.OpenedAt, s.ProbeAt = at(previousUntil), at(verified), at(opened), at(probe)
	s.SucceededAt, s.FailedAt, s.CreatedAt, s.UpdatedAt = at(succeeded), at(failed), at(created), at(updated)
	if err := json.Unmarshal([]byte(events), &s.Events); err != nil {
		return fmt.Errorf("subscription %s, events: %w", s.ID, err)
	}
	for _, part := range []struct {
		column string
		sealed []byte
		into   func(text string)
	}{
		{sealCallbackURL, url, func(t string) { s.URL = t }},
		{sealCallbackSecret, secret, func(t string) { s.Secret = wa.Secret(t) }},
		{sealCallbackPrevious, previous, func(t string) { s.Previous = wa.Secret(t) }},
		{sealCallbackToken, token, func(t string) { s.VerifyToken = wa.Secret(t) }},
	} {
		text, err := q.s.openText(s.WorkspaceID, part.column, part.sealed)
		if err != nil {
			return fmt.Errorf("subscription %s: %w", s.ID, err)
		}
		part.into(text)
	}
	return nil
}

// sealed are the sealed columns of a subscription, and its patterns.
func (q Callbacks) sealed(s *callback.Subscription) (events string, url, secret, previous, token []byte, err error) {
	text, err := json.Marshal(s.Events)
	if err != nil {
		return "", nil, nil, nil, nil, err
	}
	for _, part := range []struct {
		column, text string
		into         *[]byte
	}{
		{sealCallbackURL, s.URL, &url}, {sealCallbackSecret, s.Secret.Reveal(), &secret},
		{sealCallbackPrevious, s.Previous.Reveal(), &previous}, {sealCallbackToken, s.VerifyToken.Reveal(), &token},
	} {
		if *part.into, err = q.s.sealText(s.WorkspaceID, part.column, part.text); err != nil {
			return "", nil, nil, nil, nil, err
		}
	}
	return string(text), url, secret, previous, token, nil
}

// Insert stores a new subscription.
func (q Callbacks) Insert(tx txn.Tx, s *callback.Subscription) error {
	events, url, secret, previous, token, err := q.sealed(s)
	if err != nil {
		return err
	}
	err = within(tx).do(`
		INSERT INTO callback (id, workspace_id, number_id, name, dialect, events, url_sealed, secret_sealed, previous_sealed, previous_until,
			verify_token_sealed, verified_at, state, generation, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		int64(s.ID), int64(s.WorkspaceID), int64(s.NumberID), s.Name, s.Dialect, events, url, secret, previous, ms(s.PreviousUntil),
		token, ms(s.VerifiedAt), string(s.State), s.Generation, ms(s.CreatedAt), ms(s.UpdatedAt))
	return err
}

// Update implements callback.Store.
func (q Callbacks) Update(tx txn.Tx, s *callback.Subscription) (bool, error) {
	events, url, secret, previous, token, err := q.sealed(s)
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		UPDATE callback SET number_id = $3, name = $4, events = $5, url_sealed = $6, secret_sealed = $7, previous_sealed = $8, previous_until = $9,
			verify_token_sealed = $10, verified_at = $11, state = $12, updated_at = $13, generation = generation + 1
		WHERE id = $1 AND workspace_id = $2`,
		int64(s.ID), int64(s.WorkspaceID), int64(s.NumberID), s.Name, events, url, secret, previous, ms(s.PreviousUntil),
		token, ms(s.VerifiedAt), string(s.State), ms(s.UpdatedAt))
	return n > 0, err
}

// Touch implements callback.Store.
func (q Callbacks) Touch(tx txn.Tx, id wa.SubscriptionID) error {
	err := within(tx).do(`UPDATE callback SET generation = generation + 1 WHERE id = $1`, int64(id))
	return err
}

// Remove deletes a subscription, and the lease of whoever delivers for it, who
// stops then; its deliveries go with the next sweep, since there may be many.
func (q Callbacks) Remove(tx txn.Tx, ws wa.WorkspaceID, id wa.SubscriptionID) (bool, error) {
	t := within(tx)
	n, err := t.exec(`DELETE FROM callback WHERE id = $1 AND workspace_id = $2`, int64(id), int64(ws))
	if err != nil || n == 0 {
		return false, err
	}
	err = t.do(`DELETE FROM lease WHERE name = $1`, callbackLease(id))
	return true, err
}

// Subscription implements callback.Store.
func (q Callbacks) Subscription(tx txn.Tx, ws wa.WorkspaceID, id wa.SubscriptionID) (*callback.Subscription, error) {
	t := within(tx)
	query := `SELECT ` + callbackColumns + ` FROM callback c WHERE c.id = $1 AND c.workspace_id = $2`
	if !t.readOnly {
		query += `
		FOR UPDATE -- only: postgres (SQLite has one writer)`
	}
	found, err := q.subscriptions(t, query, int64(id), int64(ws))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// Subscriptions implements callback.Store.
func (q Callbacks) Subscriptions(tx txn.Tx, ws wa.WorkspaceID, after wa.SubscriptionID, limit int) ([]*callback.Subscription, error) {
	return q.subscriptions(within(tx), `
		SELECT `+callbackColumns+` FROM callback c WHERE c.workspace_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3`, int64(ws), int64(after), limit)
}

// All implements callback.Store.
func (q Callbacks) All(tx txn.Tx) ([]*callback.Subscription, error) {
	return q.subscriptions(within(tx), `SELECT `+callbackColumns+` FROM callback c ORDER BY c.id`)
}

func (q Callbacks) subscriptions(t *Tx, query string, args ...any) (found []*callback.Subscription, err error) {
	err = t.query(query, func(scan func(...any) error) error {
		s := &callback.Subscription{}
		found = append(found, s)
		return q.scan(scan, s)
	}, args...)
	return found, err
}

// Count implements callback.Store; both are counted in indexes that hold no others.
func (q Callbacks) Count(tx txn.Tx, subs []*callback.Subscription) error {
	t := within(tx)
	for _, s := range subs {
		if _, err := t.one(`SELECT COUNT(*) FROM callback_delivery WHERE callback_id = $1 AND state = 'pending'`, []any{int64(s.ID)}, &s.Pending); err != nil {
			return err
		}
		if _, err := t.one(`SELECT COUNT(*) FROM callback_delivery WHERE callback_id = $1 AND state = 'dead'`, []any{int64(s.ID)}, &s.Dead); err != nil {
			return err
		}
	}
	return nil
}

// CountSubscriptions implements callback.Store.
func (q Callbacks) CountSubscriptions(tx txn.Tx, ws wa.WorkspaceID) (n int, err error) {
	_, err = within(tx).one(`SELECT COUNT(*) FROM callback WHERE workspace_id = $1`, []any{int64(ws)}, &n)
	return n, err
}

// Generations implements callback.Store.
func (q Callbacks) Generations(tx txn.Tx) (map[wa.SubscriptionID]int64, error) {
	found := map[wa.SubscriptionID]int64{}
	err := within(tx).query(`SELECT id, generation FROM callback`, func(scan func(...any) error) error {
		var id wa.SubscriptionID
		var generation int64
		err := scan(&id, &generation)
		found[id] = generation
		return err
	})
	return found, err
}

// Health implements callback.Store.
func (q Callbacks) Health(tx txn.Tx, id wa.SubscriptionID, h callback.Health) error {
	err := within(tx).do(`
		UPDATE callback SET failures = $2, opened_at = $3, probe_at = $4, succeeded_at = $5, failed_at = $6, last_error = $7 WHERE id = $1`,
		int64(id), h.Failures, ms(h.OpenedAt), ms(h.ProbeAt), ms(h.SucceededAt), ms(h.FailedAt), h.LastError)
	return err
}

// Broken implements callback.Store.
func (q Callbacks) Broken(tx txn.Tx) (n int, err error) {
	_, err = within(tx).one(`SELECT COUNT(*) FROM callback WHERE opened_at > 0`, nil, &n)
	return n, err
}

const callbackLeases = "callback:"

func callbackLease(id wa.SubscriptionID) string { return callbackLeases + id.String() }

// TakeLease implements callback.Store.
func (q Callbacks) TakeLease(tx txn.Tx, id wa.SubscriptionID, owner string, lease time.Duration) (epoch int64, err error) {
	found, err := within(tx).one(`SELECT id FROM callback WHERE id = $1`, []any{int64(id)}, new(int64))
	if err != nil || !found {
		return 0, err
	}
	return takeLease(within(tx), callbackLease(id), owner, lease)
}

// LeaseFree implements callback.Store.
func (q Callbacks) LeaseFree(tx txn.Tx, id wa.SubscriptionID, owner string) (bool, error) {
	return leaseFree(within(tx), callbackLease(id), owner)
}

// KeepLease implements callback.Store.
func (q Callbacks) KeepLease(tx txn.Tx, id wa.SubscriptionID, epoch int64, lease time.Duration) (bool, error) {
	return keepLease(within(tx), callbackLease(id), epoch, lease)
}

// DropLease implements callback.Store.
func (q Callbacks) DropLease(tx txn.Tx, id wa.SubscriptionID, epoch int64) error {
	_, err := dropLease(within(tx), callbackLease(id), epoch)
	return err
}
