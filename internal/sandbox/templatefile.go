package sandbox

import "time"

// reviewMode is how templates and display names are reviewed: by themselves
// after a while of Meta's clock, or by POST /sandbox/templates/{id}/review only.
type reviewMode struct {
	Mode  string        `json:"mode"`
	After time.Duration `json:"after"`
}

const (
	reviewAuto    = "auto"
	reviewDesk    = "desk"
	defaultReview = 5 * time.Second
)

// takenName is a name that cannot be used again until a time.
type takenName struct {
	Name     string    `json:"name"`
	Language string    `json:"language,omitempty"` // empty: every language
	Until    time.Time `json:"until"`
}
