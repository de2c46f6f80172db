// Package onprem has a program that was written for the On-Premises API, with
// its client library from npm unchanged, as a client of a real kontor: it logs
// in, checks contacts and sends templates by changing nothing but the host;
// sender.mjs is its story, onprem_test.go starts and stops the product.
//
//	go test ./test/onprem
//
// It needs node and what `npm ci` in this folder installs; without, it is
// skipped, unless KONTOR_TEST_ALL=1.
package onprem
