// Package sdk has real SDKs of Meta's Cloud API, unchanged, as clients of the
// gateway: each sends every type of message it has through a real kontor to the
// sandbox, reads and manages what it can, and receives webhooks in Meta's
// dialect whose signatures it checks itself. Each *.mjs file is one SDK's story;
// world.mjs is what they share; sdk_test.go starts and stops the product.
//
//	go test ./test/sdk
//
// They need node and what `npm ci` in this folder installs; without, they are
// skipped, unless KONTOR_TEST_ALL=1.
package sdk
