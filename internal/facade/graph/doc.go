// Package graph serves Meta's own API from Kontor: whatever speaks the Cloud
// API (SDKs, chatbots, CRMs) works by changing the host and giving one of our
// API keys as its token.
//
//	graph.go      what a Gateway is made of, and what happens to every request
//	path.go       version, node and edge of a path; which object an id names
//	edges.go      the list of calls that there are, with the right each needs
//	refusal.go    the one table from faults to Graph errors
//	messages.go   sends and read receipts; content.go translates ids
//	upload.go     media in, media.go media out, attachment.go their bytes
//	relay.go      calls passed through to the number's provider
//	fields.go     which fields and parameters may be passed through
//	rewrite.go    what may not come back: tokens, the provider's host
//	subscribed.go who gets the webhooks
//	own.go        what is answered about Kontor itself
//
// Sends go into the outbox and nothing else: limits, order, retries and receipts
// hold by themselves. Their ids are ours in the form of WhatsApp's (wa.Wamid).
// Management calls go to the provider of the number with that number's own
// token, if they are on the list, and if every id in them is proven to be the
// workspace's. Everything else is a Graph error that says so: no call is ever
// answered with success that has done nothing, and nothing below the package's
// addresses answers HTML or problem+json.
package graph
