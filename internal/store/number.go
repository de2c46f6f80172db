package store

import (
	"time"

	"kontor/internal/number"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Numbers keeps the business numbers, their secrets sealed.
type Numbers struct{ s *Store }

var _ number.Store = Numbers{}

// Numbers returns the queries of package number.
func (s *Store) Numbers() Numbers { return Numbers{s} }

const selectNumber = `
	SELECT id, workspace_id, team_id, phone_number_id, waba_id, display_phone, verified_name, provider, base_url, api_version,
	       throughput, quality, messaging_tier, state, state_reason, paused_until,
	       access_token_sealed, app_secret_sealed, verify_token_sealed, portfolio_id
	FROM number`

// All returns every number; it is the one read across workspaces, for the
// registry that then answers by workspace.
func (q Numbers) All(tx txn.Tx) ([]*wa.Number, error) {
	return q.numbers(tx, selectNumber+` ORDER BY id`)
}

// ByID finds a number, locked.
func (q Numbers) ByID(tx txn.Tx, id wa.NumberID) (*wa.Number, error) {
	return q.one(tx, selectNumber+` WHERE id = $1
		FOR UPDATE -- only: postgres (SQLite has one writer)`, int64(id))
}

// ByPhoneNumberID finds a number of whichever workspace, locked.
func (q Numbers) ByPhoneNumberID(tx txn.Tx, id wa.PhoneNumberID) (*wa.Number, error) {
	return q.one(tx, selectNumber+` WHERE phone_number_id = $1
		FOR UPDATE -- only: postgres (SQLite has one writer)`, string(id))
}

func (q Numbers) one(tx txn.Tx, query string, args ...any) (*wa.Number, error) {
	found, err := q.numbers(tx, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func (q Numbers) numbers(tx txn.Tx, query string, args ...any) ([]*wa.Number, error) {
	var all []*wa.Number
	err := within(tx).query(query, func(scan func(...any) error) error {
		n, err := q.scan(scan)
		all = append(all, n)
		return err
	}, args...)
	return all, err
}

func (q Numbers) scan(scan func(...any) error) (*wa.Number, error) {
	var n wa.Number
	var paused int64
	var token, secret, verify []byte
	err := scan(&n.ID, &n.WorkspaceID, &n.TeamID, &n.PhoneNumberID, &n.WABAID, &n.DisplayPhone, &n.VerifiedName, &n.Provider, &n.BaseURL, &n.APIVersion,
		&n.Throughput, &n.Quality, &n.MessagingTier, &n.State, &n.StateReason, &paused, &token, &secret, &verify, &n.PortfolioID)
	if err != nil {
		return nil, err
	}
	n.PausedUntil = at(paused)
	for _, s := range []struct {
		column string
		sealed []byte
		into   *wa.Secret
	}{{sealAccessToken, token, &n.AccessToken}, {sealAppSecret, secret, &n.AppSecret}, {sealVerifyToken, verify, &n.VerifyToken}} {
		text, err := q.s.openText(n.WorkspaceID, s.column, s.sealed)
		if err != nil {
			return nil, err
		}
		*s.into = wa.Secret(text)
	}
	return &n, nil
}

// Insert adds a number.
func (q Numbers) Insert(tx txn.Tx, n *wa.Number, now time.Time) error {
	token, secret, verify, err := q.seal(n)
	if err != nil {
		return err
	}
	err = within(tx).do(`
		INSERT INTO number (id, workspace_id, team_id, phone_number_id, waba_id, display_phone, verified_name, provider, base_url, api_version,
			throughput, quality, messaging_tier, state, state_reason, paused_until,
			access_token_sealed, app_secret_sealed, verify_token_sealed, created_at, updated_at, portfolio_id)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$20,$21)`,
		int64(n.ID), int64(n.WorkspaceID), int64(n.TeamID), string(n.PhoneNumberID), string(n.WABAID), n.DisplayPhone, n.VerifiedName, n.Provider, n.BaseURL, n.APIVersion,
		n.Throughput, n.Quality, n.MessagingTier, string(n.State), n.StateReason, ms(n.PausedUntil), token, secret, verify, ms(now), n.PortfolioID)
	return err
}

// Update replaces a number by its id.
func (q Numbers) Update(tx txn.Tx, n *wa.Number, now time.Time) error {
	token, secret, verify, err := q.seal(n)
	if err != nil {
		return err
	}
	err = within(tx).do(`
		UPDATE number SET team_id=$3, phone_number_id=$4, waba_id=$5, display_phone=$6, verified_name=$7, provider=$8, base_url=$9, api_version=$10,
			throughput=$11, quality=$12, messaging_tier=$13, state=$14, state_reason=$15, paused_until=$16,
			access_token_sealed=$17, app_secret_sealed=$18, verify_token_sealed=$19, updated_at=$20, portfolio_id=$21
		WHERE id = $1 AND workspace_id = $2`,
		int64(n.ID), int64(n.WorkspaceID), int64(n.TeamID), string(n.PhoneNumberID), string(n.WABAID), n.DisplayPhone, n.VerifiedName, n.Provider, n.BaseURL, n.APIVersion,
		n.Throughput, n.Quality, n.MessagingTier, string(n.State), n.StateReason, ms(n.PausedUntil), token, secret, verify, ms(now), n.PortfolioID)
	return err
}

func (q Numbers) seal(n *wa.Number) (token, secret, verify []byte, err error) {
	if token, err = q.s.sealText(n.WorkspaceID, sealAccessToken, n.AccessToken.Reveal()); err != nil {
		return nil, nil, nil, err
	}
	if secret, err = q.s.sealText(n.WorkspaceID, sealAppSecret, n.AppSecret.Reveal()); err != nil {
		return nil, nil, nil, err
	}
	verify, err = q.s.sealText(n.WorkspaceID, sealVerifyToken, n.VerifyToken.Reveal())
	return token, secret, verify, err
}
