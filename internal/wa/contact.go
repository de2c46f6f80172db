package wa

import (
	"strings"
	"time"
)

// Contact is one person of a workspace. Any identity may be missing (law 7).
type Contact struct {
	ID          ContactID
	WorkspaceID WorkspaceID
	Name        string // given by the house; empty: the profile's counts
	ProfileName string
	Phone       Phone
	BSUID       BSUID
	Username    string
	Language    string
	CreatedAt   time.Time
}

// DisplayName is what the house calls a person: the name it gave, else the
// profile's, the username, the number, the BSUID.
func (c *Contact) DisplayName() string {
	switch {
	case c.Name != "":
		return c.Name
	case c.ProfileName != "":
		return c.ProfileName
	case c.Username != "":
		return "@" + strings.TrimPrefix(c.Username, "@")
	case c.Phone != "":
		return "+" + string(c.Phone)
	}
	return string(c.BSUID)
}
