package store

import (
	"time"

	"kontor/internal/txn"
)

// A lease says which node alone may do something, and until when. Its epoch
// rises with each owner. All nodes go by one clock for it, the database's, since
// their own may differ, or be moved.

// takeLease makes owner the owner and answers the epoch, which is higher than
// all before. It fails (0) while another owner's lease runs; an owner may take
// its own again, as after a restart.
func takeLease(t *Tx, name, owner string, lease time.Duration) (epoch int64, err error) {
	err = t.change(`
		INSERT INTO lease (name, owner, epoch, expires_at) VALUES ($1, $2, 1, $3 +
			(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint -- only: postgres (its clock is that of all nodes)
			CAST(unixepoch('subsec') * 1000 AS INTEGER) -- only: sqlite (the same, in its words)
		)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, epoch = lease.epoch + 1, expires_at = excluded.expires_at
			WHERE lease.owner = excluded.owner OR lease.expires_at <= excluded.expires_at - $3
		RETURNING epoch`,
		func(scan func(...any) error) error { return scan(&epoch) }, name, owner, lease.Milliseconds())
	return epoch, err
}

// leaseFree reports whether takeLease would succeed. It is a read: whoever
// stands by does not compete for the row.
func leaseFree(t *Tx, name, owner string) (bool, error) {
	taken, err := t.one(`
		SELECT epoch FROM lease WHERE name = $1 AND owner <> $2 AND expires_at >
			(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint -- only: postgres (as in takeLease)
			CAST(unixepoch('subsec') * 1000 AS INTEGER) -- only: sqlite (as in takeLease)
		`, []any{name, owner}, new(int64))
	return !taken, err
}

// takenLeases are the leases with names that begin so which others than owner have.
func takenLeases(t *Tx, prefix, owner string) (map[string]bool, error) {
	taken := map[string]bool{}
	err := t.query(`
		SELECT name FROM lease WHERE name LIKE $1 AND owner <> $2 AND expires_at >
			(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint -- only: postgres (as in takeLease)
			CAST(unixepoch('subsec') * 1000 AS INTEGER) -- only: sqlite (as in takeLease)
		`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		taken[name] = true
		return err
	}, prefix+"%", owner)
	return taken, err
}

// keepLease prolongs a lease and reports whether the epoch still owns it.
func keepLease(t *Tx, name string, epoch int64, lease time.Duration) (bool, error) {
	n, err := t.exec(`
		UPDATE lease SET expires_at = $3 +
			(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint -- only: postgres (as in takeLease)
			CAST(unixepoch('subsec') * 1000 AS INTEGER) -- only: sqlite (as in takeLease)
		WHERE name = $1 AND epoch = $2`, name, epoch, lease.Milliseconds())
	return n == 1, err
}

// dropLease ends a lease, so that the next owner need not wait, and reports
// whether the epoch still owned it. The row stays, since its epoch must go on rising.
func dropLease(t *Tx, name string, epoch int64) (bool, error) {
	n, err := t.exec(`UPDATE lease SET expires_at = 0 WHERE name = $1 AND epoch = $2`, name, epoch)
	return n == 1, err
}

// readerLease is the row of lease that says which node follows for a reader.
func readerLease(reader string) string { return "journal:" + reader }

// TakeLease implements journal.Store.
func (j Journal) TakeLease(tx txn.Tx, reader, owner string, lease time.Duration) (epoch int64, err error) {
	return takeLease(within(tx), readerLease(reader), owner, lease)
}

// LeaseFree implements journal.Store.
func (j Journal) LeaseFree(tx txn.Tx, reader, owner string) (bool, error) {
	return leaseFree(within(tx), readerLease(reader), owner)
}

// KeepLease implements journal.Store.
func (j Journal) KeepLease(tx txn.Tx, reader string, epoch int64, lease time.Duration) (bool, error) {
	return keepLease(within(tx), readerLease(reader), epoch, lease)
}

// DropLease implements journal.Store.
func (j Journal) DropLease(tx txn.Tx, reader string, epoch int64) (bool, error) {
	return dropLease(within(tx), readerLease(reader), epoch)
}
