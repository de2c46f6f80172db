// Package onprem is the On-Premises API as programs know it (versions 2.x;
// on-premises-api.md is the contract), served by Kontor, with 360dialog's
// dialect of it: a program that spoke to Meta's client keeps working when its
// host name is changed. Messages leave through the outbox like all others.
//
//	handler.go   the routes, and what happens around each call
//	auth.go      which number a request means, and who sends it
//	answer.go    the form of every answer; errors.go the table of codes
//	body.go      strict reading of JSON: 1008, 1009, 1010
//	users.go, account.go, settings.go, …   the calls, one file for each noun
//	message.go   POST /v1/messages: its envelope; content.go, template.go, hsm.go
//	ids.go       our ids in the old form and back, without a table
//	hook*.go     callbacks in the old form
//
// The state behind it (users, tokens, settings) is package premises. Nothing
// here decides what may be sent: window, limits and templates are the outbox's.
// Every answer below /v1 is in the form of the On-Premises API, refusals included.
package onprem
