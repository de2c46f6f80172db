package sandbox

import (
	"encoding/json"
	"time"

	"kontor/internal/meta"
)

// update is one change on its way to the business.
type update struct {
	number   string // phone number id; "" for updates about the account
	account  string
	customer string // whose order it keeps
	field    string
	kind     string // message, status, or the field
	detail   string // message type, status, or event
	id       string // wamid or object id
	value    meta.Value
	made     time.Time // sandbox time
	attempts int
	refused  int    // how many of the attempts were answered with a refusal
	app      string // id of the app it is for; "" for the configured one
}

// MarshalJSON writes an update for the state file.
func (u update) MarshalJSON() ([]byte, error) {
	value, err := json.Marshal(u.value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedUpdate{u.number, u.account, u.customer, u.field, u.kind, u.detail, u.id, value, u.made, u.app})
}

// UnmarshalJSON reads what MarshalJSON wrote; attempts begin anew.
func (u *update) UnmarshalJSON(b []byte) error {
	var st storedUpdate
	if err := json.Unmarshal(b, &st); err != nil {
		return err
	}
	*u = update{st.Number, st.Account, st.Customer, st.Field, st.Kind, st.Detail, st.ID, meta.Value{Raw: st.Value}, st.Made, 0, 0, st.App}
	return nil
}

type storedUpdate struct {
	Number   string          `json:"number,omitempty"`
	Account  string          `json:"account"`
	Customer string          `json:"customer,omitempty"`
	Field    string          `json:"field"`
	Kind     string          `json:"kind"`
	Detail   string          `json:"detail"`
	ID       string          `json:"id"`
	Value    json.RawMessage `json:"value"`
	Made     time.Time       `json:"made"`
	App      string          `json:"app,omitempty"`
}
