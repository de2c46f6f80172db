// Package sandbox plays Meta's part. It answers the Graph calls of the Cloud
// API and the management calls beside it with Meta's
// checks, codes and answers, posts signed webhooks to the configured callback,
// and holds the phones of the customers at the other end, whom a control API
// under /sandbox moves: they write, tap, read, go offline, block.
//
//	options.go sandbox.go clock.go       what it is given; its life (New, Run, Close)
//	graph.go route.go body.go answer.go  Graph calls: routing; bodies; answers, fields, paging
//	accesstoken.go app.go usage.go version.go   who may call, how often, and in which version
//	send.go outgoing.go marketing.go receipt.go media.go resumable.go   messages and bytes
//	number*.go account.go template*.go waflow*.go analytics*.go …       one file per Graph resource
//	check*.go refusal.go codes*.go       what Meta checks, as tables, and every error it gives; pure
//	state.go customer.go message.go portfolio.go limit.go   what it knows, under one lock
//	conduct.go identity.go pacing.go due.go   how Meta treats whom, and what happens by itself later
//	progress.go status.go pricing.go     what happens to a message after the 200
//	courier.go update.go posting.go delivery.go escape.go fire.go   webhooks: order, retry, shape, signature
//	flowclient.go flowcrypt.go           WhatsApp's side of a flow's data exchange
//	control*.go inbound.go receive.go fault.go log.go events.go   the control API and what it shows
//	persist.go controlstate.go           the state, in a file and over HTTP
//
// One lock (Sandbox.mu) guards the state. It is never held during input or
// output, and a send does no JSON work under it. The courier, the agenda, the
// log and the event hub have locks of their own, which are taken after
// Sandbox.mu or alone.
//
// It is a test tool: the control API has no authentication and only answers
// requests that name a loopback host and do not come from a foreign web page.
// It imports package meta and nothing else of the product.
//
// The contract is cloud-api.md; each part names its section.
package sandbox
