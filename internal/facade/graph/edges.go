package graph

import (
	"net/http"
	"regexp"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// edge is one call that there is: of a kind of node, by "METHOD edge". What is
// not in the lists below does not exist for callers.
type edge struct {
	right account.Right
	// do answers the call; nil: it is passed through to the number's provider.
	do func(c *call, at *node) error
	// fields are those that may be asked for; nil: the call has none.
	fields map[string]bool
	// members are those that a write may have; nil: all but Graph's own.
	members []string
	// rest is how many parts may follow the edge in the path.
	rest int
	// syncs has the catalogue of templates read anew after a success.
	syncs bool
}

func own(f func(c *call, n *wa.Number) error) func(*call, *node) error {
	return func(c *call, at *node) error { return f(c, at.number) }
}

const (
	read   = account.Read
	send   = account.Send
	manage = account.ManageNumbers
)

// numberMembers are what may be changed of a number itself (cloud-api.md 6.1).
var numberMembers = []string{"pin", "new_display_name", "search_visibility"}

var numberEdges = map[string]edge{
	"GET ":                              {right: read, fields: numberFields},
	"POST ":                             {right: manage, do: (*call).postNumber, members: numberMembers},
	"POST messages":                     {right: send, do: own((*call).messages)},
	"POST media":                        {right: send, do: own((*call).postMedia)},
	"GET settings":                      {right: read, fields: anyField},
	"POST settings":                     {right: manage},
	"POST register":                     {right: manage},
	"POST deregister":                   {right: manage},
	"POST request_code":                 {right: manage},
	"POST verify_code":                  {right: manage},
	"GET whatsapp_business_profile":     {right: read, fields: profileFields},
	"POST whatsapp_business_profile":    {right: manage},
	"GET whatsapp_commerce_settings":    {right: read, fields: anyField},
	"POST whatsapp_commerce_settings":   {right: manage},
	"GET conversational_automation":     {right: read, fields: anyField},
	"POST conversational_automation":    {right: manage},
	"GET message_qrdls":                 {right: read, fields: qrFields, rest: 1},
	"POST message_qrdls":                {right: manage, rest: 1},
	"DELETE message_qrdls":              {right: manage, rest: 1},
	"GET block_users":                   {right: read, fields: anyField},
	"POST block_users":                  {right: account.Assign},
	"DELETE block_users":                {right: account.Assign},
	"GET whatsapp_business_encryption":  {right: read, fields: anyField},
	"POST whatsapp_business_encryption": {right: manage},
	"GET username":                      {right: read, fields: anyField},
	"POST username":                     {right: manage},
	"DELETE username":                   {right: manage},
	"GET username_suggestions":          {right: read},
	"GET business_compliance_info":      {right: read, fields: anyField},
	"POST business_compliance_info":     {right: manage},
	"GET official_business_account":     {right: read, fields: anyField},
	"POST official_business_account":    {right: manage},
}

var accountEdges = map[string]edge{
	"GET ":                          {right: read, do: (*call).getAccount, fields: accountFields},
	"POST ":                         {right: manage, members: []string{"is_enabled_for_insights", "disable_marketing_messages_on_cloud_api", "degrees_of_freedom_spec"}},
	"GET phone_numbers":             {right: read, do: (*call).getNumbers, fields: numberFields},
	"GET message_templates":         {right: read, do: (*call).getTemplates, fields: templateFields, rest: 1},
	"POST message_templates":        {right: manage, syncs: true},
	"DELETE message_templates":      {right: manage, syncs: true},
	"POST upsert_message_templates": {right: manage, syncs: true},
	"GET message_template_previews": {right: read, fields: anyField},
	"GET template_analytics":        {right: read, fields: anyField},
	"GET flows":                     {right: read, fields: flowFields},
	"POST flows":                    {right: manage, do: (*call).postFlow},
	"GET subscribed_apps":           {right: read, do: (*call).getSubscribed},
	"POST subscribed_apps":          {right: account.ManageSubscriptions, do: (*call).postSubscribed},
	"DELETE subscribed_apps":        {right: account.ManageSubscriptions, do: (*call).deleteSubscribed},
}

var templateEdges = map[string]edge{
	"GET ":         {right: read, fields: templateFields},
	"POST ":        {right: manage, syncs: true},
	"POST unpause": {right: manage, syncs: true},
	"GET compare":  {right: read, do: (*call).compare},
}

var flowEdges = map[string]edge{
	"GET ":           {right: read, fields: flowFields},
	"POST ":          {right: manage, members: []string{"name", "categories", "endpoint_uri", "application_id"}},
	"DELETE ":        {right: manage},
	"GET assets":     {right: read, fields: anyField},
	"POST assets":    {right: manage, do: (*call).postAssets},
	"POST publish":   {right: manage},
	"POST deprecate": {right: manage},
}

var mediaEdges = map[string]edge{
	"GET ":    {right: read, do: (*call).getMedia},
	"DELETE ": {right: send, do: (*call).deleteMedia},
}

func edgesOf(k kind) map[string]edge {
	switch k {
	case numberKind:
		return numberEdges
	case accountKind:
		return accountEdges
	case templateKind:
		return templateEdges
	case flowKind:
		return flowEdges
	}
	return mediaEdges
}

// refused are calls of Graph's that people will try, and why they are not here.
var refused = map[string]string{
	"marketing_messages":        "The Marketing Messages API is not served; send the template through /messages. Nothing was sent.",
	"messages_encrypted":        "Encrypted payloads are not served: Kontor could not check, keep or show such a message. Nothing was sent.",
	"calls":                     "Calls are not served by this gateway. Nothing was done.",
	"call_permissions":          "Calls are not served by this gateway. Nothing was done.",
	"groups":                    "Groups are not served by this gateway. Nothing was done.",
	"phone_numbers":             "Numbers are connected with `kontor number add`, which gives Kontor their credentials. Nothing was done.",
	"migrate_message_templates": "Templates cannot be taken over from another account through this gateway, since Kontor cannot prove whose it is. Nothing was done.",
	"migrate_flows":             "Flows cannot be taken over from another account through this gateway, since Kontor cannot prove whose it is. Nothing was done.",
	"subscriptions":             "Webhooks come from Kontor: make a subscription with POST /api/v1/whatsapp/subscriptions and the dialect cloud-api. Nothing was changed.",
	"access_token":              "Kontor's API keys are made with `kontor key create`; no token was made.",
	"assigned_users":            "People and their rights are Kontor's own: see POST /api/v1/whatsapp/keys. Nothing was done.",
}

// unsupported refuses a call that is not on the list.
func (c *call) unsupported(k kind) error {
	detail, ok := refused[c.edge]
	if !ok {
		where := "this address"
		if c.edge != "" && k != "" {
			where = "the edge " + clip(c.edge) + " of a " + string(k)
		} else if k != "" {
			where = "a " + string(k) + " itself"
		}
		detail = "This gateway does not serve " + plainMethod(c.r.Method) + " on " + where + "; nothing was done."
	}
	return fault.New(fault.Invalid, codeUnsupported, detail, "See the list of calls in Kontor's docs/gateway.md.")
}

// route finds what answers the call.
func (c *call) route() (func() error, error) {
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	switch {
	case c.node == attachmentsNode && c.edge == attachmentsEdge && method == http.MethodGet:
		return c.getAttachment, nil
	case c.node == "debug_token" && c.edge == "" && method == http.MethodGet:
		return c.debugToken, nil
	case c.node == "me" && c.edge == "" && method == http.MethodGet:
		return c.me, nil
	case c.edge == "" && method == http.MethodGet && (c.node == "app" || c.node == c.appID()):
		return c.app, nil
	case c.node == "" && method == http.MethodPost:
		return nil, oddParameter("batch")
	case c.node == "message_template_library" && c.edge == "" && method == http.MethodGet:
		return c.library, nil
	case c.edge == "uploads" && len(c.rest) == 0 && method == http.MethodPost && (c.node == "app" || digits.MatchString(c.node)):
		return c.postUpload, nil
	case strings.HasPrefix(c.node, "upload:") && c.edge == "" && (method == http.MethodPost || method == http.MethodGet):
		return c.continueUpload, nil
	case !digits.MatchString(c.node):
		return nil, c.unsupported("")
	}
	at, err := c.find(c.r.Context(), c.node)
	if err != nil {
		return nil, err
	}
	e, ok := edgesOf(at.kind)[method+" "+c.edge]
	if !ok || len(c.rest) > e.rest {
		return nil, c.unsupported(at.kind)
	}
	c.label = strings.TrimSuffix(method+" "+string(at.kind)+"/"+c.edge, "/")
	if at.kind != mediaKind { // the media calls decide by the file
		if err := c.need(e.right); err != nil {
			return nil, err
		}
	}
	if e.do != nil {
		return func() error { return e.do(c, at) }, nil
	}
	return func() error { return c.passNode(at, e) }, nil
}

// code is what may follow an edge: the code of a QR code.
var code = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// passNode passes a call on a node of the workspace through.
func (c *call) passNode(at *node, e edge) error {
	p := passing{path: "/" + at.id, fields: e.fields, members: e.members}
	if c.edge != "" {
		p.path += "/" + c.edge
	}
	for _, part := range c.rest {
		if !code.MatchString(part) { // ".." would lead to another node
			return errUnknown(part)
		}
		p.path += "/" + part
	}
	if e.syncs {
		p.done = c.sync
	}
	return c.pass(at.number, p)
}
