package account

import (
	"slices"
	"time"

	"kontor/internal/wa"
)

// Role says what somebody is in the house. The words are fixed: they stand in
// the database and in the API.
type Role string

const (
	Owner      Role = "owner"      // everything; only an owner makes owners
	Admin      Role = "admin"      // everything else
	Supervisor Role = "supervisor" // leads the inbox: writes, and hands conversations to others
	Agent      Role = "agent"      // writes, and takes conversations
	Technician Role = "technician" // like an agent, in the workshop
	Marketer   Role = "marketer"   // writes, but takes no conversations
	Auditor    Role = "auditor"    // reads, changes nothing
)

// Right is one thing that a role may do.
type Right string

const (
	Read            Right = "read"             // conversations, messages, media, templates, numbers, people
	Send            Right = "send"             // messages, read receipts, uploads
	Assign          Right = "assign"           // take, give, release and close conversations
	ManageWorkspace Right = "manage_workspace" // name, greeting, session length
	ManageKeys      Right = "manage_keys"      // make, list and revoke API keys
	ManageNumbers   Right = "manage_numbers"   // business profile, template synchronisation
	SeeQuarantine   Right = "see_quarantine"   // webhooks for numbers that nobody knows
	ManagePeople    Right = "manage_people"    // people, invitations, teams
	// ManageSubscriptions is for outgoing webhooks: their addresses, secrets and log.
	ManageSubscriptions Right = "manage_subscriptions"
)

// rights is the whole truth about who may do what. Whoever is not in it may do nothing.
var rights = map[Role][]Right{
	Owner:      {Read, Send, Assign, ManageWorkspace, ManageKeys, ManagePeople, ManageNumbers, ManageSubscriptions, SeeQuarantine},
	Admin:      {Read, Send, Assign, ManageWorkspace, ManageKeys, ManagePeople, ManageNumbers, ManageSubscriptions, SeeQuarantine},
	Supervisor: {Read, Send, Assign},
	Agent:      {Read, Send, Assign},
	Technician: {Read, Send, Assign},
	Marketer:   {Read, Send},
	Auditor:    {Read},
}

// Known reports whether r is one of the roles.
func (r Role) Known() bool {
	_, known := rights[r]
	return known
}

// May reports whether the role has a right.
func (r Role) May(right Right) bool {
	for _, has := range rights[r] {
		if has == right {
			return true
		}
	}
	return false
}

// Principal is who speaks in a request: a person with a session, or an API key.
// It belongs to exactly one workspace, and so does everything it reaches.
type Principal struct {
	WorkspaceID wa.WorkspaceID
	PersonID    wa.PersonID // zero for an API key
	KeyID       wa.KeyID    // zero for a person
	Name        string      // of the person or the key
	Role        Role
	Scope       Scope     // of an API key: which of the role's rights; zero: all
	Until       time.Time // of an API key: when it ends; zero: never
	// Operator is set for those of the installation's first workspace, who run
	// the house itself. What belongs to no tenant is theirs alone to see.
	Operator bool
}

// Can reports whether the principal has a right. The quarantine belongs to no
// tenant, so a role in the operator's workspace is needed for it (law 8).
func (p Principal) Can(right Right) bool {
	if right == SeeQuarantine && !p.Operator {
		return false
	}
	return p.WorkspaceID != 0 && p.Role.May(right) && p.Scope.has(right)
}

// mayGive reports whether the principal has every right of a role (or, with a
// scope, of that part of it): nobody gives what they lack, or a key with one
// right could make another with all.
func (p Principal) mayGive(r Role, scope Scope) bool {
	if r == Owner && p.Role != Owner {
		return false
	}
	for _, right := range rights[r] {
		if scope.has(right) && !(p.Role.May(right) && p.Scope.has(right)) {
			return false
		}
	}
	return true
}

// Scope is a part of a role's rights, as bits in the order of Rights. The zero
// Scope is all of them.
type Scope uint32

// ScopeOf makes the scope of these rights; known is false when one is not a right.
func ScopeOf(names []string) (s Scope, known bool) {
	for _, name := range names {
		i := slices.Index(Rights(), Right(name))
		if i < 0 {
			return 0, false
		}
		s |= 1 << i
	}
	return s, true
}

func (s Scope) has(right Right) bool {
	i := slices.Index(Rights(), right)
	return s == 0 || i >= 0 && s&(1<<i) != 0
}

// Rights are those of a role that the scope leaves, in the fixed order.
func (s Scope) Rights(r Role) (left []Right) {
	for _, right := range Rights() {
		if r.May(right) && s.has(right) {
			left = append(left, right)
		}
	}
	return left
}

// Author is the principal as the author of a message.
func (p Principal) Author() wa.Author {
	if p.PersonID != 0 {
		return wa.Author{Kind: wa.AuthorPerson, PersonID: p.PersonID}
	}
	return wa.Author{Kind: wa.AuthorAPI, KeyID: p.KeyID}
}

// Rights are all rights, in a fixed order.
func Rights() []Right {
	return []Right{Read, Send, Assign, ManageWorkspace, ManageKeys, ManagePeople, ManageNumbers, ManageSubscriptions, SeeQuarantine}
}

// Roles are all roles, in the order of the table above.
func Roles() []Role {
	return []Role{Owner, Admin, Supervisor, Agent, Technician, Marketer, Auditor}
}
