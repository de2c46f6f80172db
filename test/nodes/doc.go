// Package nodes runs several nodes of the product on one PostgreSQL and takes
// from them, under load, what may fail: a node is killed, cut off from the
// database, or put to sleep while it holds leases; PostgreSQL is restarted, or
// is gone for a while. Then it asks whether the promises held (design.md 2):
// whatever was acknowledged is there once and in its order, every message
// reached WhatsApp once or is visibly uncertain, and all came back by itself.
//
//	cluster_test.go   three nodes: one cut off, one killed, one asleep
//	database_test.go  PostgreSQL restarted; gone for a while
//	shared_test.go    live streams and jobs over three nodes
//	traffic_test.go   who writes and sends, and what must have become of it
//	proxy_test.go     a line to PostgreSQL that can be cut or silenced
//	server_test.go    a PostgreSQL of the test's own
//
// Nodes are the real binary, asked by HTTP. The tests need a PostgreSQL
// (KONTOR_TEST_POSTGRES), or its programs where a server is restarted.
package nodes
