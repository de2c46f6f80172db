package sandbox

import (
	"io"
	"mime"
	"net/http"
	"slices"
)

// maxFlow is the size of a flow's JSON.
const maxFlow = 10 << 20

// getFlowAssets answers GET /{flow-id}/assets.
func (c *call) getFlowAssets() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	all := []map[string]any{}
	if c.flow.JSON != "" {
		all = append(all, map[string]any{
			"name": "flow.json", "asset_type": "FLOW_JSON",
			"download_url": c.s.base(c.r) + "/sandbox/flows/" + c.flow.ID + "/flow.json",
		})
	}
	return answerOf(paged(c, all))
}

// postFlowAssets answers POST /{flow-id}/assets: multipart with file, name and
// asset_type. A JSON with errors is kept, and its errors are told.
func (c *call) postFlowAssets() (any, *refusal) {
	parts, err := c.r.MultipartReader()
	if err != nil {
		return nil, paramBad("The parameter file must be uploaded as multipart/form-data.")
	}
	given := map[string]string{}
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, paramBad("The multipart body could not be read.")
		}
		body, err := io.ReadAll(io.LimitReader(p, maxFlow+1))
		if err != nil || len(body) > maxFlow {
			return nil, paramBad("Param %s could not be read, or is larger than %d bytes.", clip(p.FormName()), maxFlow)
		}
		given[p.FormName()] = string(body)
		if kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); p.FormName() == "file" && kind != "application/json" && kind != "application/octet-stream" && kind != "" {
			return nil, paramBad("Param file must be application/json - got %q.", clip(kind))
		}
	}
	switch {
	case given["file"] == "":
		return nil, paramMissing("file")
	case given["name"] != "flow.json":
		return nil, paramOneOf("name", []string{"flow.json"}, given["name"])
	case given["asset_type"] != "FLOW_JSON":
		return nil, paramOneOf("asset_type", []string{"FLOW_JSON"}, given["asset_type"])
	}
	var problems []flowProblem
	if _, bad := c.atFlow(func(f *flow) *refusal {
		if bad := f.changeable(); bad != nil {
			return bad
		}
		f.setJSON(given["file"])
		problems = f.Errors
		return nil
	}); bad != nil {
		return nil, bad
	}
	return map[string]any{"success": true, "validation_errors": problems}, nil
}

// setJSON takes a flow's JSON over and checks it.
func (f *flow) setJSON(text string) {
	f.JSON = text
	f.Version, f.DataVersion, f.Errors = checkFlow(text)
}

// getFlowJSON answers GET /sandbox/flows/{id}/flow.json: what download_url and
// preview_url lead to, without a token of Graph.
func (s *Sandbox) getFlowJSON(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	text, known := "", false
	if f := s.st.portfolio.flow(r.PathValue("id")); f != nil && f.JSON != "" {
		token := r.URL.Query().Get("token")
		text, known = f.JSON, token == "" || token == f.Preview && s.nowLocked().Before(f.PreviewEnds)
	}
	s.mu.Unlock()
	if !known {
		problem(w, http.StatusNotFound, "unknown_flow", "there is no flow with this id, it has no JSON, or the preview has expired")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}

// getFlows answers GET /sandbox/flows.
func (s *Sandbox) getFlows(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) {
		all := []flow{}
		for _, f := range s.st.portfolio.Flows {
			all = append(all, *f)
		}
		return map[string]any{"data": all}, nil
	})
}

var flowStates = []string{"DRAFT", "PUBLISHED", "DEPRECATED", "BLOCKED", "THROTTLED"}

// patchFlow answers PATCH /sandbox/flows/{id}: Meta throttles or blocks a flow,
// or takes that back, and tells the business.
func (s *Sandbox) patchFlow(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status string `json:"status"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		f := s.st.portfolio.flow(r.PathValue("id"))
		switch {
		case f == nil:
			return nil, &apiError{http.StatusNotFound, "unknown_flow", "there is no flow with this id"}
		case !slices.Contains(flowStates, in.Status):
			return nil, invalid("status must be one of " + listed(flowStates))
		}
		was := f.Status
		if f.Status = in.Status; was != in.Status {
			s.tellFlow(f, was)
		}
		s.changed()
		return *f, nil
	})
}
