// Package conformance holds the product and its sandbox to the contract,
// cloud-api.md: what is right is read there, never from the program.
package conformance
