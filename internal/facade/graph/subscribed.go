package graph

import (
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// At Meta's, subscribed_apps and webhook overrides decide where an account's
// webhooks go. Passed through, they would take them away from Kontor. So they
// are about Kontor's own subscribers in Meta's dialect instead: an override
// becomes a subscription, signed with the app secret of the number, and only
// what was made so is ended by these calls.

// getSubscribed tells where webhooks go.
func (c *call) getSubscribed(*node) error {
	all, err := c.g.Subscriptions.Subscriptions(c.r.Context(), c.who.WorkspaceID)
	if err != nil {
		return err
	}
	data := []map[string]any{}
	for _, s := range all {
		data = append(data, map[string]any{
			"whatsapp_business_api_data": map[string]string{"id": c.appID(), "link": c.base() + "/", "name": appName},
			"override_callback_uri":      s.URL,
		})
	}
	return c.succeed(map[string]any{"data": data})
}

// postSubscribed makes an override for the account; without one it clears it,
// as at Meta's (cloud-api.md 2.1), if anybody is left who is told.
func (c *call) postSubscribed(at *node) error {
	if err := c.readBody(); err != nil {
		return err
	}
	if address := c.parameter("override_callback_uri"); address != "" {
		return c.subscribe(at, address, c.parameter("verify_token"))
	}
	all, err := c.g.Subscriptions.Subscriptions(c.r.Context(), c.who.WorkspaceID)
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		return errNoSubscriber
	}
	return c.clear(at, nil)
}

// deleteSubscribed ends the account's override. Kontor itself stays subscribed.
func (c *call) deleteSubscribed(at *node) error { return c.clear(at, errNoSubscriber) }

var errNoSubscriber = fault.New(fault.Invalid, codeUnsupported, "Kontor receives the webhooks of this account and has no such subscriber of yours to hand them to; nothing was changed.", "Call this with override_callback_uri and verify_token, or make a subscription with POST /api/v1/whatsapp/subscriptions and the dialect cloud-api.")

// clear ends the overrides of a node; none is what to say when there is none.
func (c *call) clear(at *node, none error) error {
	ended, err := c.end(at)
	if err != nil {
		return err
	}
	if ended == 0 && none != nil {
		return none
	}
	return c.succeed(success)
}

// end ends the overrides of a node.
func (c *call) end(at *node) (ended int, err error) {
	all, err := c.g.Subscriptions.Subscriptions(c.r.Context(), c.who.WorkspaceID)
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		if s.Override != at.id {
			continue
		}
		if err := c.g.Subscriptions.Unsubscribe(c.r.Context(), c.who.WorkspaceID, s.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

// maxOverride is the longest address of an override (cloud-api.md 2.1).
const maxOverride = 200

// subscribe makes the override of a node, in place of the one before.
func (c *call) subscribe(at *node, address, verify string) error {
	switch {
	case len(address) > maxOverride:
		return fault.Wrong(codeParameter, fault.Field{Name: "override_callback_uri", Detail: "The address has at most 200 characters.", Limit: maxOverride, Length: len(address)})
	case verify == "":
		return missing("verify_token")
	case at.number.AppSecret == "":
		return fault.New(fault.Invalid, codeUnsupported, "Kontor has no app secret for this number, so it could not sign webhooks; nothing was changed.", "Make a subscription with POST /api/v1/whatsapp/subscriptions and a secret of its own.")
	}
	before, err := c.g.Subscriptions.Subscriptions(c.r.Context(), c.who.WorkspaceID)
	if err != nil {
		return err
	}
	keep, there := map[wa.SubscriptionID]bool{}, map[wa.NumberID]bool{}
	for _, s := range before {
		if s.Override == at.id && s.URL == address { // the same again changes nothing
			keep[s.ID], there[s.Number] = true, true
		} else if s.Override != at.id {
			keep[s.ID] = true
		}
	}
	for _, number := range c.told(at) {
		if there[number] {
			continue
		}
		s := Subscription{URL: address, Number: number, Override: at.id}
		if err := c.g.Subscriptions.Subscribe(c.r.Context(), c.who.WorkspaceID, s, at.number.AppSecret, wa.Secret(verify)); err != nil {
			return err
		}
	}
	for _, s := range before { // only now: until here the one before was told
		if !keep[s.ID] {
			if err := c.g.Subscriptions.Unsubscribe(c.r.Context(), c.who.WorkspaceID, s.ID); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
	return c.succeed(success)
}

// told are the numbers whose webhooks an override of the node is for: zero
// stands for all of the workspace.
func (c *call) told(at *node) (numbers []wa.NumberID) {
	if at.kind == numberKind {
		return []wa.NumberID{at.number.ID}
	}
	own := c.g.Numbers.Of(c.who.WorkspaceID)
	if len(accountsOf(own)) == 1 {
		return []wa.NumberID{0}
	}
	for _, n := range own {
		if string(n.WABAID) == at.id {
			numbers = append(numbers, n.ID)
		}
	}
	return numbers
}
