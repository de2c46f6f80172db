package onprem

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"kontor/internal/premises"
	"kontor/internal/wa"
)

// checkContacts answers as versions from 2.43 on did: every plausible number is
// valid (on-premises-api.md 3.1). The Cloud API cannot be asked, and what it
// said of a number before is used.
func (c *call) checkContacts() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	blocking := body.text("blocking")
	switch blocking {
	case "", "wait", "no_wait":
	default:
		body.wrong("blocking", "it must be wait or no_wait.")
	}
	body.boolean("force_check")
	if !body.has("contacts") {
		body.ignore("contacts")
		body.missing("contacts")
	}
	list := body.list("contacts")
	inputs := make([]string, 0, len(list))
	for _, one := range list {
		s, ok := one.(string)
		if !ok {
			body.wrong("contacts", "it must be an array of texts.")
			break
		}
		inputs = append(inputs, s)
	}
	if len(list) > maxContacts {
		body.wrong("contacts", "it has too many entries.")
	}
	if err := body.end(); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(inputs))
	for _, input := range inputs {
		one := map[string]any{"input": input, "status": "invalid"}
		if phone, ok := normalise(input); ok {
			waID, err := c.People.WaID(c.ctx(), c.facade.WorkspaceID, phone)
			if err != nil {
				return nil, err
			}
			one["status"], one["wa_id"] = "valid", string(waID)
		}
		out = append(out, one)
	}
	return tell("contacts", out), nil
}

const maxContacts = 10_000

// normalise reads a phone number in any writing: +49 451…, 0049…, (49) 451….
// plausible is false for what cannot be a number with its country code.
func normalise(input string) (phone wa.Phone, plausible bool) {
	rest, international := strings.CutPrefix(strings.TrimSpace(input), "+")
	if international {
		rest = strings.Replace(rest, "(0)", "", 1)
	}
	digits := make([]byte, 0, 20)
	for _, r := range rest {
		switch {
		case '0' <= r && r <= '9':
			digits = append(digits, byte(r))
		case strings.ContainsRune(" -()./\u00a0\u2011", r):
		default:
			return "", false
		}
		if len(digits) > 17 {
			return "", false
		}
	}
	s := string(digits)
	if !international {
		s = strings.TrimPrefix(s, "00")
	}
	if len(s) < 7 || len(s) > 15 || s[0] == '0' {
		return "", false
	}
	return wa.Phone(s), true
}

// identity is what a client acknowledged of a customer's keys. The Cloud API
// tells none by default, so the hash is stable for a number: nothing ever
// changes, and nothing is ever blocked.
type identity struct {
	Acknowledged map[string]int64 `json:"acknowledged"` // wa_id → when, in ms
}

func identityHash(f premises.Facade, waID string) string {
	sum := sha256.Sum256([]byte(f.NumberID.String() + "/" + waID))
	return base64.StdEncoding.EncodeToString(sum[:9])
}

func (c *call) identityOf() (string, error) {
	id := c.param("wa_id")
	if _, isContact := contactOf(id); isContact {
		return id, nil
	}
	phone, ok := normalise(id)
	if !ok {
		return "", refuse(1006, "unknown contact")
	}
	return string(phone), nil
}

func (c *call) readIdentity() (*answer, error) {
	waID, err := c.identityOf()
	if err != nil {
		return nil, err
	}
	var known identity
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocIdentities, &known); err != nil {
		return nil, err
	}
	c.note("identity")
	created, acknowledged := known.Acknowledged[waID]
	if !acknowledged {
		created = c.facade.CreatedAt.UnixMilli()
	}
	return tell("contacts", map[string]any{"hash": identityHash(c.facade, waID), "created_timestamp": created, "acknowledged": true}), nil
}

func (c *call) acknowledgeIdentity() (*answer, error) {
	waID, err := c.identityOf()
	if err != nil {
		return nil, err
	}
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	hash := body.need("hash")
	if err := body.end(); err != nil {
		return nil, err
	}
	if hash != identityHash(c.facade, waID) {
		return nil, errWrong("hash", "it is not the present one.")
	}
	c.note("identity")
	_, err = premises.Change(c.ctx(), c.Premises, c.facade, premises.DocIdentities, func(known *identity) error {
		if known.Acknowledged == nil {
			known.Acknowledged = map[string]int64{}
		}
		known.Acknowledged[waID] = time.Now().UnixMilli()
		return nil
	})
	return done(http.StatusOK), err
}
