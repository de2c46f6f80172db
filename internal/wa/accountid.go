package wa

const (
	invitationPrefix = "inv_"
	passkeyPrefix    = "pky_"
)

func (id InvitationID) String() string { return format(invitationPrefix, int64(id)) }
func (id PasskeyID) String() string    { return format(passkeyPrefix, int64(id)) }

// ParseInvitationID reads the form that InvitationID.String writes.
func ParseInvitationID(s string) (InvitationID, error) {
	n, err := parse(invitationPrefix, s)
	return InvitationID(n), err
}

// ParsePasskeyID reads the form that PasskeyID.String writes.
func ParsePasskeyID(s string) (PasskeyID, error) {
	n, err := parse(passkeyPrefix, s)
	return PasskeyID(n), err
}

// ParseTeamID reads the form that TeamID.String writes.
func ParseTeamID(s string) (TeamID, error) {
	n, err := parse(teamPrefix, s)
	return TeamID(n), err
}
