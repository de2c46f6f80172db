package sandbox

import (
	"slices"
	"time"
)

// publishFlow answers POST /{flow-id}/publish.
func (c *call) publishFlow() (any, *refusal) {
	return c.atFlow(func(f *flow) *refusal {
		if bad := f.publishable(); bad != nil {
			return bad
		}
		f.Status = "PUBLISHED"
		return nil
	})
}

// publishable refuses a flow that cannot be published.
func (f *flow) publishable() *refusal {
	switch {
	case f.Status != "DRAFT":
		return badFlow(codeFlowPublish, "Only a draft can be published, the flow is "+f.Status+".")
	case f.JSON == "":
		return badFlow(codeFlowPublish, "The flow has no flow JSON.")
	case len(f.Errors) > 0:
		return badFlow(codeFlowPublish, "The flow JSON has validation errors: "+f.Errors[0].Message)
	case f.DataVersion != "" && f.Endpoint == "":
		return badFlow(codeFlowPublish, "The flow has a data_api_version, so it needs an endpoint_uri.")
	}
	return nil
}

// deprecateFlow answers POST /{flow-id}/deprecate.
func (c *call) deprecateFlow() (any, *refusal) {
	return c.atFlow(func(f *flow) *refusal {
		if f.Status != "PUBLISHED" && f.Status != "THROTTLED" {
			return badFlow(codeFlowDeprecate, "Only a published flow can be deprecated, the flow is "+f.Status+".")
		}
		f.Status = "DEPRECATED"
		return nil
	})
}

// deleteFlow answers DELETE /{flow-id}; only drafts can be deleted.
func (c *call) deleteFlow() (any, *refusal) {
	return c.atFlow(func(f *flow) *refusal {
		if f.Status != "DRAFT" {
			return badFlow(codeFlowDelete, "Only a draft can be deleted, the flow is "+f.Status+".")
		}
		p := c.s.st.portfolio
		p.Flows = slices.DeleteFunc(slices.Clone(p.Flows), func(other *flow) bool { return other == f })
		return nil
	})
}

// tellFlow sends the webhook "flows" about a change of status (cloud-api.md 2.7).
func (s *Sandbox) tellFlow(f *flow, was string) {
	s.tellAccount(f.Account, "flows", "FLOW_STATUS_CHANGE", map[string]any{
		"event": "FLOW_STATUS_CHANGE", "flow_id": f.ID, "old_status": was, "new_status": f.Status,
		"message": "Flow " + f.Name + " changed from " + was + " to " + f.Status,
	})
}

// flowRate is how many messages with a throttled flow go out in an hour.
const flowRate = 10

// flowStands refuses a message with a flow of this account that is blocked,
// throttled, or not published. The caller holds mu.
func (s *Sandbox) flowStands(o *outgoing, n *number, now time.Time) *refusal {
	var f *flow
	draft := false
	switch {
	case o.typ == "interactive":
		p := member(member(o.payload, "action"), "parameters")
		if id, name := plainText(member(p, "flow_id")), textOf(member(p, "flow_name")); id != "" || name != "" {
			f = s.flowFor(n.cfg.WABAID, id, name)
		}
		draft = textOf(member(p, "mode")) == "draft"
	case o.template != nil:
		if buttons := part(o.template.Components, "BUTTONS"); buttons != nil {
			for _, b := range buttons.Buttons {
				if b.FlowID != "" || b.FlowName != "" {
					f = s.flowFor(n.cfg.WABAID, b.FlowID, b.FlowName)
				}
			}
		}
	}
	if f == nil {
		return nil
	}
	f.Sent = recently(f.Sent, now, time.Hour)
	switch {
	case f.Status == "BLOCKED":
		return refuse(codeFlowBlocked, "Flow %s is blocked.", f.ID)
	case f.Status == "THROTTLED" && len(f.Sent) >= flowRate:
		return refuse(codeFlowSlow, "Flow %s is throttled, and 10 messages with it were sent in the last hour.", f.ID)
	case f.Status == "DRAFT" && !draft || f.Status == "DEPRECATED":
		return refuse(codeValue, "flow_id: the flow %s cannot be sent, its status is %s", f.ID, f.Status)
	}
	if len(f.Sent) < flowRate {
		f.Sent = append(f.Sent, now)
	}
	return nil
}

// endpointOf is the endpoint of a flow of that account, by id or name; "" when
// it has none. The caller holds mu.
func (s *Sandbox) endpointOf(waba, flow string) string {
	for _, f := range s.st.portfolio.Flows {
		if f.Account == waba && (f.ID == flow || f.Name == flow) {
			return f.Endpoint
		}
	}
	return ""
}

// migrateFlows answers POST /{waba-id}/migrate_flows: flows of another account
// of the portfolio are copied as drafts.
func (c *call) migrateFlows() (any, *refusal) {
	in := c.params()
	source, names := plainText(in["source_waba_id"]), namesOf(in["source_flow_names"])
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case source == "":
		return nil, paramMissing("source_waba_id")
	case s.st.accounts[source] == nil || source == c.account.id || c.token != nil && !c.token.covers(source):
		return nil, unknownObject(c.r.Method, source)
	case len(names) > 100:
		return nil, paramBad("Param source_flow_names must have at most 100 elements - got %d.", len(names))
	}
	if len(names) == 0 {
		for _, f := range s.st.portfolio.Flows {
			if f.Account == source {
				names = append(names, f.Name)
			}
		}
	}
	migrated, failures := []any{}, []any{}
	for _, name := range names {
		from, why := s.flowFor(source, "", name), ""
		switch {
		case from == nil:
			why = "There is no flow with this name in the source account."
		case s.flowFor(c.account.id, "", name) != nil:
			why = "There is a flow with this name in the destination account."
		}
		if why != "" {
			failures = append(failures, map[string]any{"source_name": name, "error_code": 4233041, "error_message": why})
			continue
		}
		f := *from
		f.ID, f.Account, f.Status, f.Updated, f.Preview = s.st.objectID("flow"), c.account.id, "DRAFT", s.nowLocked(), ""
		s.st.portfolio.Flows = append(s.st.portfolio.Flows, &f)
		migrated = append(migrated, map[string]any{"source_name": name, "source_id": from.ID, "migrated_id": f.ID})
	}
	s.changed()
	return map[string]any{"migrated_flows": migrated, "failed_flows": failures}, nil
}
