// Package chaos kills the product at random moments, while webhooks come in and
// messages go out, and then asks whether its promises held (design.md 2): every
// webhook that was answered 200 is there once, in its customer's order; nothing
// reached WhatsApp twice; every accepted message reached it once or is visibly
// uncertain; statuses say the highest that WhatsApp told, whatever the order
// and the copies in which they came. TestPoliciesUnderKills asks what became of
// uncertain messages of which WhatsApp never tells: hold, at most once; resend,
// at least once, and twice only what had been uncertain.
//
//	go test ./test/chaos                            a few kills, under a minute
//	KONTOR_CHAOS_ROUNDS=20 go test -timeout 20m ./test/chaos
//	KONTOR_CHAOS_SEED=…                             the same decisions again
//
// The product is the real binary, killed with kill -9 and started again over the
// same database; WhatsApp is test/load/whatsapp. Only its own addresses are
// asked. The seed decides what is done; when it happens is up to the machine, so
// a failure may need several runs to come again.
package chaos
