// Package sandboxclient drives a sandbox: it lets customers write and read, moves
// Meta's clock, asks for faults, and waits until something has happened. It is
// meant for the tests of programs that talk to the Cloud API: the program calls
// the sandbox as if it were Meta, the test plays the customers.
//
//	box := sandboxclient.New("http://127.0.0.1:8090")
//	ana := box.Customer("+55 11 95550-0177")
//	id, err := ana.Writes(ctx, "Is my bicycle ready?")
//	answer, err := ana.Next(ctx, id, 5*time.Second) // what the program answered
//
// Start runs the program "kontor sandbox" for the length of a test and tells its
// address. All calls take a context; what the sandbox refuses is an *Error with
// the stable code of its control API. Nothing here sleeps: calls that wait are
// answered when there is something to tell.
//
// The package uses the standard library only. The control API is described at
// /sandbox/openapi.json; what has no method here goes through Client.Call.
package sandboxclient
