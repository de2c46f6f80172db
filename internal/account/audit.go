package account

import (
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Facts of accounts. Detail names what it is about by id, and behind a space
// what happened to it; the actor is who did it, none for a program and for the
// operator at the machine. They are for those who manage people: see the live
// stream; outgoing webhooks do not tell them.
const (
	// FactPerson: Detail is "per_… added", or changed, role, teams, deactivated,
	// reactivated, password, totp_on, totp_off, recovery_codes, passkey_added,
	// passkey_removed, signon_linked, signon_unlinked.
	FactPerson journal.Kind = "account.person"
	// FactSignedIn: Detail is "per_… " and the Method.
	FactSignedIn journal.Kind = "account.signed_in"
	// FactSessions: Detail is "per_… ended".
	FactSessions journal.Kind = "account.sessions"
	// FactInvitation: Detail is "inv_… made", accepted, revoked, mail_sent, mail_failed.
	FactInvitation journal.Kind = "account.invitation"
	// FactTeam: Detail is "tea_… made", changed, removed.
	FactTeam journal.Kind = "account.team"
	// FactKey: Detail is "key_… made", revoked.
	FactKey journal.Kind = "account.key"
)

// FactPrefix begins the kind of every fact of this package.
const FactPrefix = "account."

func (a *Accounts) tell(tx txn.Tx, ws wa.WorkspaceID, kind journal.Kind, actor wa.PersonID, detail string) error {
	if a.journal == nil {
		return nil
	}
	return a.journal.Append(tx, journal.Fact{WorkspaceID: ws, Kind: kind, ActorID: actor, Detail: detail, At: a.now()})
}

// tellPerson tells of a change of somebody.
func (a *Accounts) tellPerson(tx txn.Tx, p Person, actor wa.PersonID, what string) error {
	return a.tell(tx, p.WorkspaceID, FactPerson, actor, p.ID.String()+" "+what)
}
