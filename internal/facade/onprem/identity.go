package onprem

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"time"

	"kontor/internal/premises"
)

// identities are the keys of customers as far as they are known, by wa_id: what
// WhatsApp told of a change, and what the client acknowledged of it
// (on-premises-api.md 2.3, 7). A customer of whom nothing was told has a hash
// that never changes and needs no acknowledgement.
type identities struct {
	Keys map[string]*hookIdentity `json:"keys"`
}

// keysKept bounds the document: the oldest acknowledged ones are forgotten first.
const keysKept = 10_000

func identityHash(f premises.Facade, waID string) string {
	sum := sha256.Sum256([]byte(f.NumberID.String() + "/" + waID))
	return base64.StdEncoding.EncodeToString(sum[:9])
}

// of is a customer's key.
func (all *identities) of(f premises.Facade, waID string) *hookIdentity {
	if key := all.Keys[waID]; key != nil {
		return key
	}
	return &hookIdentity{Acknowledged: true, Created: f.CreatedAt.UnixMilli(), Hash: identityHash(f, waID)}
}

// changed takes in a new key. Told twice of the same one, what was acknowledged stays.
func (all *identities) changed(waID, hash string, at time.Time) {
	if key := all.Keys[waID]; key != nil && key.Hash == hash {
		return
	}
	if all.Keys == nil {
		all.Keys = map[string]*hookIdentity{}
	}
	all.Keys[waID] = &hookIdentity{Created: at.UnixMilli(), Hash: hash}
	if len(all.Keys) <= keysKept {
		return
	}
	rank := func(id string) (open int, created int64) {
		if !all.Keys[id].Acknowledged {
			open = 1
		}
		return open, all.Keys[id].Created
	}
	delete(all.Keys, slices.MinFunc(slices.Collect(maps.Keys(all.Keys)), func(a, b string) int {
		openA, createdA := rank(a)
		openB, createdB := rank(b)
		return cmp.Or(cmp.Compare(openA, openB), cmp.Compare(createdA, createdB), cmp.Compare(a, b))
	}))
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
	var all identities
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocIdentities, &all); err != nil {
		return nil, err
	}
	return tell("contacts", all.of(c.facade, waID)), nil
}

// acknowledgeIdentity takes the present hash only: who acknowledges an older one
// has not seen the last change.
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
	_, err = premises.Change(c.ctx(), c.Premises, c.facade, premises.DocIdentities, func(all *identities) error {
		if hash != all.of(c.facade, waID).Hash {
			return errWrong("hash", "it is not the present one.")
		}
		if key := all.Keys[waID]; key != nil {
			key.Acknowledged = true
		}
		return nil
	})
	return done(http.StatusOK), err
}

// identityAcknowledged refuses to send to a customer whose key changed, until
// the client acknowledges that (1028), where it asked to be told of such things.
func (c *call) identityAcknowledged(waID string) error {
	if !c.Hook.settings(c.facade.NumberID).app.ShowSecurity() {
		return nil
	}
	var all identities
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocIdentities, &all); err != nil {
		return err
	}
	if !all.of(c.facade, waID).Acknowledged {
		return refuse(1028, "PUT the new hash to /v1/contacts/"+waID+"/identity; nothing was sent.")
	}
	return nil
}
