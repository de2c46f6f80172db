package premises

import (
	"strings"

	"kontor/internal/journal"
)

// FactCollected is the kind of the fact that tells that a clean-up ended for
// which a client asked (on-premises-api.md 3.4). Its Detail is Collected's.
const FactCollected journal.Kind = "service.collected"

// Collected is how a clean-up ended.
type Collected struct {
	What   string // message, media
	Failed bool
}

// Detail writes it as a fact's.
func (c Collected) Detail() string {
	if c.Failed {
		return c.What + ":failed"
	}
	return c.What + ":complete"
}

// ParseCollected reads what Detail wrote.
func ParseCollected(detail string) Collected {
	what, how, _ := strings.Cut(detail, ":")
	return Collected{What: what, Failed: how == "failed"}
}
