package sandbox

// What the sandbox does not play is refused as Meta refuses numbers that may not
// use it, so that a program meets an answer that it must know anyway: groups,
// which are for official business accounts (cloud-api.md 6.11), and calls, which
// are off until a number's settings switch them on (6.10). Whatever has no such
// answer says that it is not played: see notCapable.

// noGroups refuses the edges of groups.
func (c *call) noGroups() (any, *refusal) {
	return nil, refuse(131215, "The number %s is no official business account, which the Groups API wants; the sandbox plays no groups.", c.number.cfg.PhoneNumberID)
}

// noCalls refuses the edges of calls.
func (c *call) noCalls() (any, *refusal) {
	c.s.mu.Lock()
	enabled := member(c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID).settings()["calling"], "status") == "ENABLED"
	c.s.mu.Unlock()
	if enabled {
		return c.notCapable()
	}
	return nil, refuse(138000, "Calling is not enabled for the number %s: see its settings; the sandbox plays no calls.", c.number.cfg.PhoneNumberID)
}

// noPin refuses pins: only messages of groups can be pinned (cloud-api.md 1.2).
func noPin(payload any) *refusal {
	kind := textOf(member(payload, "type"))
	switch {
	case kind != "pin" && kind != "unpin":
		return refuse(codeValue, "pin.type: must be one of {pin, unpin}, is %q", clip(kind))
	case textOf(member(payload, "message_id")) == "":
		return missing("pin.message_id")
	}
	return refuse(codeValue, "pin: only messages of a group can be pinned; recipient_type must be group")
}

// getMe answers GET /me: whom the token stands for, a system user.
func (c *call) getMe() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	app := c.s.st.portfolio.app(c.ownApp())
	if app == nil {
		return nil, badToken("Error validating access token: the token is not one of this sandbox.")
	}
	return choose(map[string]any{"id": "9" + app.ID[1:], "name": app.Name}, parseFields(c.query.Get("fields")), "name"), nil
}
