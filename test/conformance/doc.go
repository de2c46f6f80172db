// Package conformance holds the product and its sandbox to the contract,
// cloud-api.md: what is right is read there, never from the program.
//
//   - testdata/send, testdata/template: every message of section 1 and the
//     templates it needs, through the sandbox and through the gateway.
//   - testdata/webhook: every webhook of section 2, posted to a running product.
//   - reactions_test.go: every error of section 3 that can answer a send, and what
//     it must lead to.
//   - testdata/schema.json: answers of management calls, made of the tables of
//     sections 5 and 6.
//
// Meta's own OpenAPI file (github.com/facebook/openapi, MIT) is not part of this
// repository. With KONTOR_META_OPENAPI naming a copy of
// business-messaging-api_v23.0.yaml, TestMetasOwnSchemas holds the sandbox to it
// as well, after taking away what is wrong in it: see patches.
package conformance
