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
//   - testdata/meta-openapi.json: the part of Meta's own OpenAPI file
//     (github.com/facebook/openapi, MIT: see meta-openapi.LICENSE) that says what
//     plain messages and management answers look like. TestMetasOwnSchemas holds
//     sandbox and gateway to it, after taking away what is wrong in it: see patches.
//     With KONTOR_META_OPENAPI naming a copy of the whole file and KONTOR_UPDATE=1
//     TestTheVendoredFileIsMetas writes the part anew.
package conformance
