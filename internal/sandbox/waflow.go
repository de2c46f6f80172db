package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// flow is a WhatsApp Flow (cloud-api.md 6.8).
type flow struct {
	ID          string        `json:"id"`
	Account     string        `json:"waba_id"`
	Name        string        `json:"name"`
	Status      string        `json:"status"` // DRAFT, PUBLISHED, DEPRECATED, BLOCKED, THROTTLED
	Categories  []string      `json:"categories"`
	Endpoint    string        `json:"endpoint_uri,omitempty"`
	App         string        `json:"application_id,omitempty"`
	JSON        string        `json:"flow_json,omitempty"`
	Version     string        `json:"json_version,omitempty"`
	DataVersion string        `json:"data_api_version,omitempty"`
	Errors      []flowProblem `json:"validation_errors"`
	Updated     time.Time     `json:"updated_at"`
	Preview     string        `json:"preview,omitempty"` // token of the preview's address
	PreviewEnds time.Time     `json:"preview_ends,omitzero"`
	Sent        []time.Time   `json:"sent,omitempty"` // the last messages with it
}

// The errors of flows (cloud-api.md 3.7).
const (
	codeFlowIntegrity = 139000
	codeFlowUpdate    = 139001
	codeFlowPublish   = 139002
	codeFlowDeprecate = 139003
	codeFlowDelete    = 139004
)

var flowTitles = map[int]string{
	codeFlowIntegrity: "Flow is blocked by integrity", codeFlowUpdate: "Flow can't be updated", codeFlowPublish: "Publishing Flow failed",
	codeFlowDeprecate: "Deprecating Flow failed", codeFlowDelete: "Deleting Flow failed",
}

func badFlow(code int, details string) *refusal {
	return &refusal{
		code: code, status: http.StatusBadRequest, message: "(#" + itoa(code) + ") " + flowTitles[code], user: flowTitles[code], details: details,
	}
}

var flowCategories = []string{"SIGN_UP", "SIGN_IN", "APPOINTMENT_BOOKING", "LEAD_GENERATION", "CONTACT_US", "CUSTOMER_SUPPORT", "SURVEY", "OTHER"}

// flow finds a flow by its id.
func (p *portfolio) flow(id string) *flow {
	for _, f := range p.Flows {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// flowDefaults are the fields when none are asked for.
var flowDefaults = []string{"id", "name", "status", "categories", "validation_errors"}

// flowObject is the flow as Graph shows it; the caller holds mu.
func (c *call) flowObject(f *flow) map[string]any {
	problems := f.Errors
	if problems == nil {
		problems = []flowProblem{}
	}
	o := map[string]any{
		"id": f.ID, "name": f.Name, "status": f.Status, "categories": f.Categories, "validation_errors": problems,
		"updated_at":                f.Updated.Format("2006-01-02T15:04:05-0700"),
		"whatsapp_business_account": choose(c.s.accountObject(c.s.st.accounts[f.Account], c.version), nil, accountDefaults...),
		"health_status":             c.s.flowHealth(f),
	}
	for name, v := range map[string]string{"json_version": f.Version, "data_api_version": f.DataVersion, "endpoint_uri": f.Endpoint} {
		if v != "" {
			o[name] = v
		}
	}
	if a := c.s.st.portfolio.app(f.App); a != nil {
		o["application"] = map[string]any{"id": a.ID, "name": a.Name, "link": appLink(a.ID)}
	}
	return o
}

// flowHealth is health_status of a flow; the caller holds mu.
func (s *Sandbox) flowHealth(f *flow) map[string]any {
	can, code, what := "AVAILABLE", 0, ""
	switch f.Status {
	case "BLOCKED":
		can, code, what = "BLOCKED", 132068, "The flow is blocked."
	case "THROTTLED":
		can, code, what = "LIMITED", 132069, "The flow is throttled to 10 messages an hour."
	case "DRAFT", "DEPRECATED":
		can, code, what = "BLOCKED", codeFlowPublish, "The flow is not published, its status is "+f.Status+"."
	}
	return healthOf(ailment("FLOW", f.ID, can, code, what, "Correct the flow or its endpoint."), s.accountAilment(f.Account))
}

// listFlows answers GET /{waba-id}/flows, the newest first.
func (c *call) listFlows() (any, *refusal) {
	want := parseFields(c.query.Get("fields"))
	c.s.mu.Lock()
	var all []map[string]any
	for _, f := range slices.Backward(c.s.st.portfolio.Flows) {
		if f.Account == c.account.id {
			all = append(all, choose(c.flowObject(f), want, flowDefaults...))
		}
	}
	c.s.mu.Unlock()
	return answerOf(paged(c, all))
}

// getFlow answers GET /{flow-id}; fields=preview.invalidate(true) makes another
// preview address.
func (c *call) getFlow() (any, *refusal) {
	asked := c.query.Get("fields")
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	out := choose(c.flowObject(c.flow), parseFields(asked), flowDefaults...)
	for _, f := range filtered(asked) {
		if f.name == "preview" {
			out["preview"] = c.previewFlow(f.filters["invalidate"] == "true")
		}
	}
	return out, nil
}

// previewLife is how long the address of a preview holds.
const previewLife = 30 * 24 * time.Hour

func (c *call) previewFlow(anew bool) map[string]any {
	f, now := c.flow, c.s.nowLocked()
	if anew || f.Preview == "" || now.After(f.PreviewEnds) {
		f.Preview, f.PreviewEnds = newCode(c.s.st), now.Add(previewLife)
		c.s.changed()
	}
	return map[string]any{
		"preview_url": c.s.base(c.r) + "/sandbox/flows/" + f.ID + "/flow.json?token=" + f.Preview,
		"expires_at":  f.PreviewEnds.Format("2006-01-02T15:04:05-0700"),
	}
}

// createFlow answers POST /{waba-id}/flows.
func (c *call) createFlow() (any, *refusal) {
	in := c.params()
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &flow{Account: c.account.id, Status: "DRAFT", Errors: []flowProblem{}}
	if bad := s.flowMetadata(f, in, true); bad != nil {
		return nil, bad
	}
	if id := plainText(in["clone_flow_id"]); id != "" {
		from := s.st.portfolio.flow(id)
		if from == nil || from.Account != c.account.id {
			return nil, paramBad("Param clone_flow_id is no flow of this account.")
		}
		f.setJSON(from.JSON)
	}
	if text := flowText(in["flow_json"]); text != "" {
		f.setJSON(text)
	}
	publish := truth(in["publish"]) == true
	if publish {
		if bad := f.publishable(); bad != nil {
			return nil, bad
		}
		f.Status = "PUBLISHED"
	}
	f.ID, f.Updated = s.st.objectID("flow"), s.nowLocked()
	s.st.portfolio.Flows = append(s.st.portfolio.Flows, f)
	if publish {
		s.tellFlow(f, "DRAFT")
	}
	c.note = f.Name
	s.changed()
	return map[string]any{"id": f.ID, "success": true, "validation_errors": f.Errors}, nil
}

// flowText is a flow's JSON, which comes as text or as an object.
func flowText(v any) string {
	if text, ok := v.(string); ok || v == nil {
		return text
	}
	b, _ := json.Marshal(v) // it was read as JSON
	return string(b)
}

// flowMetadata takes name, categories, endpoint and app of a call over.
func (s *Sandbox) flowMetadata(f *flow, in map[string]any, whole bool) *refusal {
	if bad := check(in, []rule{
		{path: "name", kind: text, need: whole, min: 1, max: 200},
		{path: "endpoint_uri", kind: text, also: isHTTP},
	}); bad != nil {
		return bad
	}
	names := namesOf(in["categories"])
	if len(names) == 0 && whole {
		return paramMissing("categories")
	}
	for _, name := range names {
		if !slices.Contains(flowCategories, strings.ToUpper(name)) {
			return paramOneOf("categories", flowCategories, name)
		}
	}
	name := or(textOf(in["name"]), f.Name)
	if other := s.flowFor(f.Account, "", name); other != nil && other != f {
		return badTemplate(0, "Flow name is not unique", "There is a flow with the name %q in this account.", clip(name))
	}
	if id := plainText(in["application_id"]); id != "" {
		if s.st.portfolio.app(id) == nil {
			return paramBad("Param application_id is no app.")
		}
		f.App = id
	}
	if f.Name = name; len(names) > 0 {
		f.Categories = nil
		for _, n := range names {
			f.Categories = append(f.Categories, strings.ToUpper(n))
		}
	}
	f.Endpoint = or(textOf(in["endpoint_uri"]), f.Endpoint)
	return nil
}

// postFlow answers POST /{flow-id}: another name, categories, endpoint or app.
func (c *call) postFlow() (any, *refusal) {
	in := c.params()
	return c.atFlow(func(f *flow) *refusal {
		if bad := f.changeable(); bad != nil {
			return bad
		}
		changed := *f
		if bad := c.s.flowMetadata(f, in, false); bad != nil {
			*f = changed
			return bad
		}
		return nil
	})
}

// changeable refuses a change of a flow that is no draft.
func (f *flow) changeable() *refusal {
	switch f.Status {
	case "DRAFT":
		return nil
	case "BLOCKED":
		return badFlow(codeFlowIntegrity, "The flow is blocked and cannot be changed.")
	}
	return badFlow(codeFlowUpdate, "Only a draft can be changed, the flow is "+f.Status+".")
}

// atFlow runs change with the lock and answers success.
func (c *call) atFlow(change func(*flow) *refusal) (any, *refusal) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c.note = c.flow.Name
	was := c.flow.Status
	if bad := change(c.flow); bad != nil {
		return nil, bad
	}
	c.flow.Updated = s.nowLocked()
	if c.flow.Status != was {
		s.tellFlow(c.flow, was)
	}
	s.changed()
	return done, nil
}
