package graph

import (
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

// app names what stands where Meta's answers have an app.
func (c *call) app() error {
	c.label = "GET app"
	return c.succeed(map[string]string{"id": c.appID(), "name": appName, "category": "Business", "link": c.base()})
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
