package graph

import (
	"context"
	"strconv"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// appName is what Kontor calls itself where Meta names an app.
const appName = "Kontor"

// appID stands where Meta's answers have the id of an app: one for each workspace.
func (c *call) appID() string { return strconv.FormatInt(int64(c.who.WorkspaceID), 10) }

// debugToken tells about a key of Kontor's, the caller's own or another of the
// workspace. It never asks Meta: our keys are none of its business.
func (c *call) debugToken() error {
	c.label = "GET debug_token"
	asked := c.query.Get("input_token")
	if asked == "" {
		return missing("input_token")
	}
	who, err := c.g.Accounts.Verify(c.r.Context(), asked)
	if fault.Is(err, fault.Unauthorized) || err == nil && who.WorkspaceID != c.who.WorkspaceID {
		return c.succeed(map[string]any{"data": map[string]any{
			"error": map[string]any{"code": 190, "message": "Invalid OAuth access token."}, "is_valid": false, "scopes": []string{},
		}})
	}
	if err != nil {
		return err
	}
	scopes := []string{}
	if who.Can(account.Send) {
		scopes = append(scopes, "whatsapp_business_messaging")
	}
	if who.Can(account.ManageNumbers) {
		scopes = append(scopes, "whatsapp_business_management")
	}
	targets := []string{}
	for _, n := range accountsOf(c.g.Numbers.Of(who.WorkspaceID)) {
		targets = append(targets, string(n.WABAID))
	}
	granular := []map[string]any{}
	for _, s := range scopes {
		granular = append(granular, map[string]any{"scope": s, "target_ids": targets})
	}
	return c.succeed(map[string]any{"data": map[string]any{
		"app_id": c.appID(), "type": "SYSTEM_USER", "application": appName, "is_valid": true, "expires_at": 0, "data_access_expires_at": 0,
		"scopes": scopes, "granular_scopes": granular, "user_id": strconv.FormatInt(int64(who.KeyID), 10),
	}})
}

// me names the key.
func (c *call) me() error {
	c.label = "GET me"
	return c.succeed(map[string]string{"id": strconv.FormatInt(int64(c.who.KeyID), 10), "name": c.who.Name})
}

// library looks into Meta's library of templates, which is everybody's, through
// the workspace's first number.
func (c *call) library() error {
	c.label = "GET message_template_library"
	if err := c.need(account.Read); err != nil {
		return err
	}
	n, err := c.first()
	if err != nil {
		return err
	}
	return c.pass(n, passing{path: "/message_template_library", fields: anyField})
}

func (c *call) first() (*wa.Number, error) {
	own := c.g.Numbers.Of(c.who.WorkspaceID)
	if len(own) == 0 {
		return nil, fault.New(fault.Invalid, codeParameter, "This workspace has no business number; nothing was done.", "Connect one with `kontor number add`.")
	}
	return own[0], nil
}

// subscribers are the workspace's own webhooks in Meta's form.
func (c *call) subscribers(ctx context.Context) ([]Subscription, error) {
	if c.g.Subscriptions == nil {
		return nil, nil
	}
	return c.g.Subscriptions.Subscriptions(ctx, c.who.WorkspaceID)
}

// getSubscribed tells where webhooks go: to Kontor's own subscribers. The
// account itself stays subscribed to Kontor, whatever this list says.
func (c *call) getSubscribed(*node) error {
	all, err := c.subscribers(c.r.Context())
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

// postSubscribed makes a subscription at Kontor of an override. At Meta's this
// call would take the webhooks away from Kontor, so it never goes there.
func (c *call) postSubscribed(at *node) error {
	if err := c.readBody(); err != nil {
		return err
	}
	if address := c.parameter("override_callback_uri"); address != "" {
		return c.subscribe(at.number, "", address, c.parameter("verify_token"))
	}
	all, err := c.subscribers(c.r.Context())
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errNoSubscriber
	}
	return c.succeed(success)
}

var errNoSubscriber = fault.New(fault.Invalid, codeUnsupported, "Kontor receives the webhooks of this account and has no subscriber of yours to hand them to; nothing was changed.", "Call this with override_callback_uri and verify_token, or make a subscription with POST /api/v1/whatsapp/subscriptions and the dialect cloud-api.")

func (c *call) subscribe(n *wa.Number, phone wa.PhoneNumberID, address, verify string) error {
	switch {
	case c.g.Subscriptions == nil:
		return errNoSubscriber
	case len(address) > 200:
		return fault.Wrong(codeParameter, fault.Field{Name: "override_callback_uri", Detail: "The address has at most 200 characters.", Limit: 200, Length: len(address)})
	case verify == "":
		return missing("verify_token")
	}
	all, err := c.subscribers(c.r.Context())
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.URL == address && s.PhoneNumberID == phone {
			return c.succeed(success)
		}
	}
	if err := c.g.Subscriptions.Subscribe(c.r.Context(), c.who, Subscription{URL: address, PhoneNumberID: phone}, n.AppSecret, verify); err != nil {
		return err
	}
	return c.succeed(success)
}

// deleteSubscribed ends the workspace's subscribers that are for all numbers.
func (c *call) deleteSubscribed(*node) error {
	return c.unsubscribe("", false)
}

func (c *call) unsubscribe(phone wa.PhoneNumberID, none bool) error {
	all, err := c.subscribers(c.r.Context())
	if err != nil {
		return err
	}
	ended := none
	for _, s := range all {
		if s.PhoneNumberID != phone {
			continue
		}
		if err := c.g.Subscriptions.Unsubscribe(c.r.Context(), c.who, s.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		ended = true
	}
	if !ended {
		return errNoSubscriber
	}
	return c.succeed(success)
}
