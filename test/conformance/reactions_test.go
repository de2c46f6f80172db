package conformance

// reaction is what an error of WhatsApp's must lead to.
type reaction string

// What the classes of cloud-api.md 3.1 come to.
const (
	fails  reaction = "fails"  // NR, DROP, NT, OO, CFG, REG, PT: the message failed with the code, and the number goes on
	again  reaction = "again"  // RN, RB: the message waits unharmed and is tried later
	pair   reaction = "pair"   // PP: the same, and the number goes on
	rests  reaction = "rests"  // PN, and RB of the app or account: the number cools down, the message is unharmed
	stands reaction = "stands" // RT, PN + CFG: the number stops until an operator acts, the message is unharmed
	doubts reaction = "doubts" // nobody knows whether WhatsApp has it: it is not sent twice
)

// expected is one row of the tables of cloud-api.md 3.2 to 3.6, and what it must
// lead to when it answers a send.
type expected struct {
	code  int
	class string
	want  reaction
	least string // no sooner than after this; "" when the contract names none
	by    string // standing of the sandbox that brings it about; "": a fault does
}

// sending are the codes that can answer a send: sections 3.2 to 3.5, and of 3.6
// what a number that sends can meet.
var sending = []expected{
	// 3.4, and first of all since it is tried a few times only
	{code: 1, class: "RB few times", want: again},
	// 3.2 Authorisation and integrity. A permission that is missing or was removed
	// meets every message, so that the number stands: CFG "operator must change
	// configuration".
	{code: 3, class: "CFG", want: fails},
	{code: 10, class: "CFG", want: stands},
	{code: 190, class: "RT", want: stands},
	{code: 200, class: "CFG", want: stands},
	{code: 299, class: "CFG", want: stands},
	{code: 368, class: "PN + CFG", want: stands, by: "restricted"},
	{code: 130497, class: "DROP", want: fails},
	{code: 131031, class: "PN + CFG", want: stands, by: "locked"},
	{code: 131005, class: "CFG", want: stands, by: "denied"},
	// 3.3 Throttling
	{code: 4, class: "RB, app wide", want: rests},
	{code: 80007, class: "RB, WABA wide", want: rests},
	{code: 130429, class: "PN, seconds", want: rests, least: "1s"},
	{code: 131048, class: "PN, long", want: rests, least: "10m", by: "spam"},
	{code: 131056, class: "PP, 4^n s", want: pair, least: "1s"},
	{code: 131064, class: "PN + CFG", want: stands, by: "misclassified"},
	{code: 613, class: "RB", want: again},
	// A wait of a day or more is told to somebody instead: docs/troubleshooting.md.
	{code: 133016, class: "RB 72 h", want: fails},
	{code: 131049, class: "RB >= 24 h", want: fails},
	// 3.4 Sending
	{code: 2, class: "RB", want: again, by: "overloaded"},
	{code: 33, class: "CFG", want: fails},
	{code: 100, class: "NR", want: fails},
	{code: 130472, class: "DROP", want: fails},
	{code: 131000, class: "RB", want: again},
	{code: 131008, class: "NR", want: fails},
	{code: 131009, class: "NR", want: fails},
	{code: 131016, class: "RB", want: again, by: "unavailable"},
	{code: 131020, class: "NR", want: fails},
	{code: 131021, class: "NR", want: fails},
	{code: 131026, class: "DROP", want: fails},
	{code: 131030, class: "CFG", want: fails},
	{code: 131037, class: "CFG", want: fails, by: "display_name"},
	{code: 131041, class: "NR", want: fails},
	{code: 131042, class: "PN + CFG", want: stands, by: "payment"},
	{code: 131044, class: "CFG", want: fails},
	{code: 131045, class: "REG", want: fails, by: "certificate"},
	{code: 131047, class: "NT", want: fails},
	{code: 131050, class: "OO", want: fails},
	{code: 131051, class: "NR", want: fails},
	{code: 131052, class: "DROP", want: fails},
	{code: 131053, class: "NR", want: fails},
	{code: 131055, class: "NR", want: fails},
	{code: 131057, class: "RB 60 s", want: again, least: "60s", by: "maintenance"},
	{code: 131060, class: "NR", want: fails},
	{code: 131061, class: "NR", want: fails},
	{code: 131062, class: "NR", want: fails},
	{code: 131063, class: "CFG", want: fails},
	{code: 135000, class: "NR", want: fails},
	{code: 137000, class: "NR without an operator", want: fails},
	// The On-Premises codes stand for 131047, 131048 and 131026.
	{code: 470, class: "NT", want: fails},
	{code: 471, class: "PN, long", want: rests, least: "10m"},
	{code: 1026, class: "DROP", want: fails},
	// 3.5 Templates
	{code: 132000, class: "NR", want: fails},
	{code: 132001, class: "NR", want: fails},
	{code: 132005, class: "NR", want: fails},
	{code: 132007, class: "NR", want: fails},
	{code: 132008, class: "NR", want: fails},
	{code: 132012, class: "NR", want: fails},
	{code: 132015, class: "PT", want: fails},
	{code: 132016, class: "PT final", want: fails},
	{code: 132018, class: "NR", want: fails},
	{code: 132068, class: "PT", want: fails},
	{code: 132069, class: "PT, RB 1 h", want: again, least: "1h"},
	{code: 134011, class: "CFG", want: fails},
	{code: 134100, class: "NR", want: fails},
	{code: 134101, class: "RB 10 min", want: again, least: "10m"},
	{code: 134102, class: "CFG", want: fails},
	{code: 134103, class: "NR", want: fails},
	// 3.6 Registration, account
	{code: 133004, class: "RB", want: again},
	{code: 133010, class: "REG", want: fails, by: "unregistered"},
	{code: 2494100, class: "RB minutes", want: again, least: "1m"},
}

// elsewhere are codes of GET /sandbox/codes that answer other calls than a send,
// with the call.
var elsewhere = map[int]string{
	101: "oauth/access_token", 2200: "subscribed_apps", 2500: "an unknown path", 131059: "a list's cursor",
	133005: "register", 133006: "register", 133008: "register", 133009: "register",
	136024: "request_code", 136025: "verify_code",
	139000: "flows", 139001: "flows", 139002: "flows", 139003: "flows", 139004: "flows", 139100: "block_users",
	131215: "groups", 138000: "calls",
	147001: "username", 147005: "username", 200005: "template_analytics", 200006: "the account", 200007: "template_analytics",
}
