// Package sandbox plays Meta's part. It answers the Graph calls of the Cloud
// API and the management calls beside it with Meta's
// checks, codes and answers, posts signed webhooks to the configured callback,
// and holds the phones of the customers at the other end, whom a control API
// under /sandbox moves: they write, tap, read, go offline, block.
//
//	options.go  sandbox.go           what it is given; its life (New, Run, Close)
//	graph.go    body.go answer.go    routing of Graph calls; bodies; answers, fields, paging
//	send.go     receipt.go media.go  one file per Graph resource
//	number.go   registration.go settings.go shopfront.go profile.go qr*.go block.go username.go   numbers
//	account.go  app.go accesstoken.go subscribe.go health.go   accounts, apps, tokens
//	template*.go definition.go       templates: what is checked, reviewed, edited, deleted
//	waflow*.go                       flows and the checks of their JSON
//	traffic.go  analytics*.go        sums of what was sent
//	portfolio.go numberdesk.go due.go version.go   what is set up; what happens by itself; Graph's versions
//	check*.go                        what Meta checks, as tables; pure
//	state.go    customer.go message.go limit.go   what it knows, under one lock
//	progress.go status.go pricing.go what happens to a message after the 200
//	courier.go  update.go delivery.go escape.go   webhooks out: order, retry, signature
//	control*.go inbound.go receive.go fault.go log.go events.go   the control API and what it shows
//	persist.go                       the state file
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
