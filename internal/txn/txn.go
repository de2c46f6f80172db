// Package txn holds the ticket that says "inside this transaction". A noun gets
// one from a Runner, hands it to the contracts that it declares, and never
// looks inside: only package store can turn it into SQL. State change and fact
// are written under the same ticket, so either both happen or neither.
package txn

import "context"

// Tx is a ticket. It is valid until the function that received it returns, and
// only on the goroutine it was given to.
type Tx interface {
	// InTransaction marks the type; it does nothing.
	InTransaction()
}

// Runner opens transactions.
type Runner interface {
	// Write runs f in a transaction that other writers may share (group commit).
	// It returns after the commit is on disk, or f's error after a roll back of
	// f's work. f may be run more than once and so must have no effect but
	// through tx; it must not block on anything but the database.
	Write(ctx context.Context, f func(tx Tx) error) error
	// Read runs f in a read-only snapshot that sees everything committed before.
	Read(ctx context.Context, f func(tx Tx) error) error
}

type subject struct{}

// About says what the function of a Write holds until the end: one row, by its
// id. Functions that share a transaction run in the order of these ids, those
// without one first. Without an order, two transactions that hold some of the
// same rows would wait for each other until the database ends one of them.
func About(ctx context.Context, id int64) context.Context {
	return context.WithValue(ctx, subject{}, id)
}

// Subject is what About said; 0: nothing.
func Subject(ctx context.Context) int64 {
	id, _ := ctx.Value(subject{}).(int64)
	return id
}
