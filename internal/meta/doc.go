// Package meta is the Graph wire format exactly as Meta writes it: webhooks,
// error bodies, the bodies of sends and the answers to reads. It is data only.
// It makes no call, keeps no state and knows no clock.
//
//   - webhook.go, incoming.go, status.go: the webhook as structs, for whoever writes or reads one
//   - parse.go and its neighbours: a webhook taken apart into the words of package wa,
//     losing nothing: what is unknown or broken is kept as it came
//   - signature.go: X-Hub-Signature-256 and the verify token
//   - errors.go, errortable.go: Graph errors, and what a sender can do about each
//   - outgoing.go: the body of POST /{phone-number-id}/messages
//   - answer.go, read.go: what Graph answers
//
// The contract is cloud-api.md; each part names its section.
package meta
