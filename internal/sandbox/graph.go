package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// call is one Graph call.
type call struct {
	s       *Sandbox
	r       *http.Request
	edge    string       // what follows the node's id, "" for the node itself
	rest    []string     // what follows the edge
	number  *number      // the node, or nil
	account *account     // the node, or nil
	id      string       // of the node
	object  string       // id of a template or media object
	owner   string       // id of the account that a template or flow belongs to
	isMedia bool         // the node is a media object
	app     *app         // the node, or nil
	flow    *flow        // the node, or nil
	token   *accessToken // what the bearer is, nil for one of the configuration
	version int          // of Graph that answers
	status  int          // HTTP status of the answer; 0: 200
	query   url.Values
	body    map[string]any // of JSON and form bodies; nil when there is none
	raw     []byte         // the body as it came, for the log
	note    string         // what the log adds to method and edge
	wamid   string         // for the log
}

// handler answers one edge: with a value that is written as JSON, or a refusal.
type handler func(*call) (any, *refusal)

// Nodes and their edges, by "METHOD edge". A node kind's own name is used in
// error texts, as Graph does.
type node struct {
	name  string
	edges map[string]handler
}

var numberNode = node{"WhatsAppBusinessPhoneNumber", map[string]handler{
	"GET ":                              (*call).getNumber,
	"POST ":                             (*call).postNumber,
	"POST messages":                     (*call).postMessage,
	"POST marketing_messages":           (*call).postMarketing,
	"POST media":                        (*call).postMedia,
	"GET whatsapp_business_profile":     (*call).getProfile,
	"POST whatsapp_business_profile":    (*call).postProfile,
	"POST request_code":                 (*call).postRequestCode,
	"POST verify_code":                  (*call).postVerifyCode,
	"POST register":                     (*call).postRegister,
	"POST deregister":                   (*call).postDeregister,
	"GET settings":                      (*call).getSettings,
	"POST settings":                     (*call).postSettings,
	"GET whatsapp_commerce_settings":    (*call).getCommerce,
	"POST whatsapp_commerce_settings":   (*call).postCommerce,
	"POST conversational_automation":    (*call).postAutomation,
	"GET message_qrdls":                 (*call).listQR,
	"GET message_qrdls/*":               (*call).getQR,
	"POST message_qrdls":                (*call).postQR,
	"POST message_qrdls/*":              (*call).postQR,
	"DELETE message_qrdls/*":            (*call).deleteQR,
	"GET block_users":                   (*call).listBlocked,
	"POST block_users":                  (*call).postBlocked,
	"DELETE block_users":                (*call).deleteBlocked,
	"GET username":                      (*call).getUsername,
	"POST username":                     (*call).postUsername,
	"DELETE username":                   (*call).deleteUsername,
	"GET username_suggestions":          (*call).getUsernameSuggestions,
	"GET whatsapp_business_encryption":  (*call).getEncryption,
	"POST whatsapp_business_encryption": (*call).postEncryption,
	"GET official_business_account":     (*call).notCapable,
	"POST official_business_account":    (*call).notCapable,
	"GET business_compliance_info":      (*call).notCapable,
	"POST business_compliance_info":     (*call).notCapable,
	"GET message_history":               (*call).notCapable,
	"POST messages_encrypted":           (*call).notCapable,
	"GET groups":                        (*call).noGroups,
	"POST groups":                       (*call).noGroups,
	"POST calls":                        (*call).noCalls,
	"GET call_permissions":              (*call).noCalls,
}}

var accountNode = node{"WhatsAppBusinessAccount", map[string]handler{
	"GET ":                             (*call).getAccount,
	"POST ":                            (*call).postAccount,
	"POST phone_numbers":               (*call).addNumber,
	"GET template_analytics":           (*call).getTemplateAnalytics,
	"GET phone_numbers":                (*call).listNumbers,
	"GET message_templates":            (*call).listTemplates,
	"POST message_templates":           (*call).createTemplate,
	"DELETE message_templates":         (*call).deleteTemplates,
	"POST message_templates/archive":   (*call).archiveTemplates,
	"POST message_templates/unarchive": (*call).unarchiveTemplates,
	"POST upsert_message_templates":    (*call).upsertTemplates,
	"POST migrate_message_templates":   (*call).migrateTemplates,
	"GET message_template_previews":    (*call).previewTemplates,
	"GET subscribed_apps":              (*call).getSubscribed,
	"POST subscribed_apps":             (*call).postSubscribed,
	"DELETE subscribed_apps":           (*call).deleteSubscribed,
	"GET flows":                        (*call).listFlows,
	"POST flows":                       (*call).createFlow,
	"POST migrate_flows":               (*call).migrateFlows,
	"GET assigned_users":               (*call).notCapable,
	"POST assigned_users":              (*call).notCapable,
	"DELETE assigned_users":            (*call).notCapable,
	"GET activities":                   (*call).notCapable,
	"GET schedules":                    (*call).notCapable,
	"GET solutions":                    (*call).notCapable,
	"GET signups":                      (*call).notCapable,
	"POST signups":                     (*call).notCapable,
	"GET template_groups":              (*call).notCapable,
	"POST template_groups":             (*call).notCapable,
	"GET template_group_analytics":     (*call).notCapable,
	"GET payment_configurations":       (*call).notCapable,
	"POST payment_configuration":       (*call).notCapable,
	"GET dataset":                      (*call).notCapable,
	"POST dataset":                     (*call).notCapable,
}}

var templateNode = node{"WhatsAppMessageTemplate", map[string]handler{
	"GET ":         (*call).getTemplate,
	"POST ":        (*call).editTemplate,
	"POST unpause": (*call).unpauseTemplate,
	"GET compare":  (*call).compareTemplates,
}}

var flowNode = node{"WhatsAppFlow", map[string]handler{
	"GET ":           (*call).getFlow,
	"POST ":          (*call).postFlow,
	"DELETE ":        (*call).deleteFlow,
	"GET assets":     (*call).getFlowAssets,
	"POST assets":    (*call).postFlowAssets,
	"POST publish":   (*call).publishFlow,
	"POST deprecate": (*call).deprecateFlow,
}}

var mediaNode = node{"WhatsAppBusinessMedia", map[string]handler{
	"GET ":    (*call).getMedia,
	"DELETE ": (*call).deleteMedia,
}}

// rootEdges belong to no object; the path after the version is their name.
var rootEdges = node{"Root", map[string]handler{
	"GET message_template_library": (*call).getTemplateLibrary,
	"GET debug_token":              (*call).debugToken,
	"GET me":                       (*call).getMe,
	"GET oauth/access_token":       (*call).getAccessToken,
	"POST oauth/access_token":      (*call).getAccessToken,
}}

var version = regexp.MustCompile(`^v\d+(\.\d+)?$`)

// isGraph tells whether a path is Graph's: it starts with a version, an id or
// the name of an edge of the root.
func isGraph(path string) bool {
	path = strings.TrimPrefix(path, "/")
	first, _, _ := strings.Cut(path, "/")
	return version.MatchString(first) || isID(first) || isRootEdge(path) || strings.HasPrefix(first, sessionPrefix)
}

// serveGraph answers a Graph call and notes it in the log.
func (s *Sandbox) serveGraph(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := &call{s: s, r: r, query: r.URL.Query()}
	e := Entry{Direction: "in", Kind: "call", Method: r.Method, Path: r.URL.RequestURI()}
	c.settle()
	value, bad, hit := c.answer()
	status := max(c.status, http.StatusOK)
	if bad != nil {
		status = bad.httpStatus()
		e.Code, e.Subcode, e.Details = bad.code, bad.subcode, bad.details
		if e.Details == "" {
			e.Details = bad.message
		}
		s.mu.Lock()
		id := trace(s.st.seed, itoa(int(s.st.next())))
		s.mu.Unlock()
		value = bad.body(id)
	}
	body, err := marshal(value)
	if err != nil {
		s.log.Error("answer cannot be written", "path", r.URL.Path, "error", err)
		status, body = http.StatusInternalServerError, []byte(`{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}}`)
	}
	kind := "application/json; charset=UTF-8"
	if hit.body != "" {
		kind, body = hit.otherBody()
	}
	e.Edge, e.Request, e.Response, e.Status, e.Duration = c.edge, c.raw, body, status, time.Since(began)
	e.Summary, e.Wamid, e.Fault = strings.TrimSpace(r.Method+" /"+c.edge+" "+c.note), c.wamid, hit.name
	if hit.lose {
		e.Status, e.Note = 0, "the answer was lost by a fault"
		s.journal.add(s, e)
		panic(http.ErrAbortHandler) // net/http's way to break a connection
	}
	s.journal.add(s, e)
	h := w.Header()
	h.Set("Content-Type", kind)
	c.tellUsage(h)
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("facebook-api-version", versionName(c.version))
	h.Set("x-fb-trace-id", "sandbox")
	if bad != nil && bad.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token"`)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// answer finds the node and the edge, and asks the handler.
func (c *call) answer() (any, *refusal, struck) {
	h, bad := c.route()
	if bad != nil {
		return nil, bad, struck{}
	}
	if bad := c.readBody(); bad != nil {
		return nil, bad, struck{}
	}
	if bad := c.authorise(); bad != nil {
		return nil, bad, struck{}
	}
	if bad := c.count(); bad != nil {
		return nil, bad, struck{}
	}
	if bad := c.registered(); bad != nil {
		return nil, bad, struck{}
	}
	hit := c.s.trouble(c)
	if hit.delay > 0 && !pause(c.r.Context(), hit.delay) {
		return nil, refuse(1, "the caller has gone"), hit
	}
	if hit.refuse != nil {
		return nil, hit.refuse, hit
	}
	value, bad := h(c)
	return value, bad, hit
}
