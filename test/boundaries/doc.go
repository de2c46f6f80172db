// Package boundaries holds the shape of the code as tests: which package may
// know which (ARCHITECTURE.md), where SQL, HTTP and Meta's JSON may stand, and
// what every file owes its reader. A failure says why the rule exists.
//
// The tests read the source; they build nothing and take no time.
package boundaries
