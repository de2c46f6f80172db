package store

import "kontor/internal/txn"

// Keyset returns the sealed data keys, made by make and stored on first use.
func (s *Store) Keyset(tx txn.Tx, create func() ([]byte, error)) ([]byte, error) {
	t := within(tx)
	var sealed []byte
	found, err := t.one(`SELECT sealed FROM keyset WHERE id = 1`, nil, &sealed)
	if err != nil || found {
		return sealed, err
	}
	fresh, err := create()
	if err != nil {
		return nil, err
	}
	// Two nodes may start at once: the first one's keys stand.
	if _, err := t.exec(`INSERT INTO keyset (id, sealed, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING`, fresh, ms(s.ids.now())); err != nil {
		return nil, err
	}
	_, err = t.one(`SELECT sealed FROM keyset WHERE id = 1`, nil, &sealed)
	return sealed, err
}
