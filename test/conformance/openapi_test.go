package conformance

import (
	"bytes"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// patch takes away what is wrong in Meta's file (cloud-api.md 9).
type patch struct {
	reason string
	schema string // of components.schemas; "": every schema of the file
	mend   func(schema object)
}

// patches are all. Whatever they do not touch stands as Meta wrote it.
var patches = []patch{
	{"allOf members with additionalProperties:false: none of the file's own send examples validates", "", func(s object) {
		for _, part := range list(s["allOf"]) {
			delete(part, "additionalProperties")
		}
	}},
	{"MediaObject requires id, forbids caption and lacks voice and filename", "MediaObject", func(s object) {
		delete(s, "required")
		delete(s, "additionalProperties")
	}},
	{"the states of a number in an account's list are those of another API; the contract's are of 6.2", "WhatsAppPhoneNumberStatus", func(s object) {
		s["enum"] = append(s["enum"].([]any), "CONNECTED", "DISCONNECTED", "FLAGGED", "RATE_LIMITED", "UNVERIFIED", "UNKNOWN")
	}},
	{"nullable is a word of OpenAPI 3.0, which JSON schema does not know", "", func(s object) {
		if typ, ok := s["type"].(string); ok && s["nullable"] == true {
			s["type"] = []any{typ, "null"}
		}
	}},
	{"patterns with doubled escapes, and [2-6, 11-14] for an index", "", func(s object) {
		if p, ok := s["pattern"].(string); ok && (strings.Contains(p, `\\`) || strings.Contains(p, "11-14")) {
			delete(s, "pattern")
		}
	}},
	{"recipient_type is marked required; the API does not require it", "", without("recipient_type")},
	{"language.policy is marked required; it is optional", "", without("policy")},
	{"latitude and longitude are text only; numbers are as good", "", func(s object) {
		p, _ := s["properties"].(object)
		for _, name := range []string{"latitude", "longitude"} {
			if o, ok := p[name].(object); ok {
				o["type"] = []any{"string", "number"}
			}
		}
	}},
}

// without makes a member optional.
func without(name string) func(object) {
	return func(s object) {
		if required, ok := s["required"].([]any); ok {
			s["required"] = slices.DeleteFunc(slices.Clone(required), func(v any) bool { return v == name })
		}
	}
}

// walk calls f with every schema below v.
func walk(v any, f func(object)) {
	switch v := v.(type) {
	case object:
		f(v)
		for _, e := range v {
			walk(e, f)
		}
	case []any:
		for _, e := range v {
			walk(e, f)
		}
	}
}

// openAPI is the part of Meta's file that we hold ourselves to, patched.
func openAPI(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	raw, err := os.ReadFile("testdata/meta-openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range patches {
		if p.schema == "" {
			walk(doc, p.mend)
		} else if s, ok := at(doc, "components.schemas."+p.schema).(object); ok {
			p.mend(s)
		} else {
			t.Errorf("Meta's file has no schema %s; the patch is out of date: %s", p.schema, p.reason)
		}
	}
	walk(doc, func(s object) { // what is no regular expression checks nothing
		if p, ok := s["pattern"].(string); ok {
			if _, err := regexp.Compile(p); err != nil {
				delete(s, "pattern")
			}
		}
	})
	c := jsonschema.NewCompiler()
	if err := c.AddResource("meta.json", doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// conforms compares a JSON text with the schema at a pointer of the file.
func conforms(t *testing.T, c *jsonschema.Compiler, what string, raw []byte, pointer ...string) {
	t.Helper()
	if err := violates(t, c, string(raw), pointer...); err != nil {
		t.Errorf("%s: %s\n%v", what, raw, err)
	}
}

// violates tells how a JSON text is against the schema at a pointer.
func violates(t *testing.T, c *jsonschema.Compiler, raw string, pointer ...string) error {
	t.Helper()
	pointer = slices.Clone(pointer)
	for i, part := range pointer {
		pointer[i] = url.PathEscape(strings.ReplaceAll(strings.ReplaceAll(part, "~", "~0"), "/", "~1"))
	}
	s, err := c.Compile("meta.json#/" + strings.Join(pointer, "/"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// managed is a management call: its schema in testdata/schema.json, which is made
// of the contract's tables, and its path in Meta's file ("": that is not right).
type managed struct {
	method, path string
	body         any
	own, metas   string
}

func managedCalls(w *world, t *testing.T) []managed {
	t.Helper()
	const pnid, waba = "200000000000001", "100000000000001"
	phone, account, flows := "/{Version}/{Phone-Number-ID}", "/{Version}/{WABA-ID}", "/{Version}/{Flow-ID}"
	flow := w.flow(t, &number{ID: pnid, WABA: waba})
	profile := pnid + "/whatsapp_business_profile"
	fields := "?fields=about,address,description,email,websites,vertical"
	hello := object{"messaging_product": "whatsapp", "to": "+4915550000001", "type": "template", "template": object{"name": "hello_world", "language": object{"code": "en_US"}}}
	return []managed{
		{"GET", pnid, nil, "number", phone},
		{"GET", pnid + "?fields=verified_name,display_phone_number,status,throughput,account_mode,name_status,is_official_business_account,is_pin_enabled,platform_type,whatsapp_business_manager_messaging_limit,health_status", nil, "number", ""},
		{"POST", pnid + "/messages", hello, "send", phone + "/messages"},
		{"GET", profile + fields, nil, "profile", phone + "/whatsapp_business_profile"},
		{"POST", profile, object{"messaging_product": "whatsapp", "about": "Bicycles", "vertical": "RETAIL", "websites": []string{"https://house.example"}}, "success", phone + "/whatsapp_business_profile"},
		{"GET", profile + fields, nil, "profile", phone + "/whatsapp_business_profile"},
		{"GET", pnid + "/whatsapp_commerce_settings", nil, "commerce", phone + "/whatsapp_commerce_settings"},
		{"POST", pnid + "/message_qrdls", object{"prefilled_message": "Hello", "generate_qr_image": "PNG"}, "qr", phone + "/message_qrdls"},
		{"GET", pnid + "/message_qrdls", nil, "qrs", phone + "/message_qrdls"},
		{"GET", pnid + "/block_users", nil, "blocked", ""},
		{"GET", pnid + "/settings", nil, "settings", ""}, // the file has other words, in small letters (6.3)
		{"POST", pnid + "/conversational_automation", object{"prompts": []string{"Hours?"}}, "success", phone + "/conversational_automation"},
		{"POST", pnid + "/register", object{"messaging_product": "whatsapp", "pin": "123456"}, "success", phone + "/register"},
		{"GET", waba, nil, "account", account},
		{"GET", waba + "/phone_numbers?fields=id,display_phone_number,verified_name,status,quality_rating,code_verification_status", nil, "numbers", account + "/phone_numbers"},
		{"POST", waba + "/subscribed_apps", nil, "success", account + "/subscribed_apps"},
		{"GET", waba + "/subscribed_apps", nil, "apps", account + "/subscribed_apps"},
		{"GET", waba + "/message_templates?summary=total_count", nil, "templates", account + "/message_templates"},
		{"GET", waba + "/flows", nil, "flows", account + "/flows"},
		{"GET", flow, nil, "flow", flows},
		{"GET", flow + "/assets", nil, "assets", flows + "/assets"},
	}
}

// served are the two that answer as Meta: the sandbox, and the gateway in front
// of it.
func served(t *testing.T, test func(t *testing.T, w *world, call func(t *testing.T, method, path string, body any) answer)) {
	t.Run("sandbox", func(t *testing.T) {
		t.Parallel()
		w := newSandbox(t)
		test(t, w, w.graph)
	})
	t.Run("gateway", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "sqlite", house(1), nil)
		hook := newReceiver(t, secret)
		w.must(t, "POST", "subscriptions", object{"url": hook.url, "dialect": "cloud-api", "secret": secret}) // for subscribed_apps
		test(t, w, w.gateway)
	})
}

// TestManagementAnswers holds answers of the sandbox and the gateway to the
// tables of cloud-api.md 5 and 6.
func TestManagementAnswers(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("meta.json", doc); err != nil {
		t.Fatal(err)
	}
	served(t, func(t *testing.T, w *world, call func(t *testing.T, method, path string, body any) answer) {
		for _, m := range managedCalls(w, t) {
			a := call(t, m.method, m.path, m.body)
			if a.status != 200 {
				t.Errorf("%s %s: got %d %s", m.method, m.path, a.status, a.raw)
				continue
			}
			conforms(t, c, m.method+" "+m.path, a.raw, m.own)
		}
	})
}

// TestMetasOwnSchemas holds the same answers, of the sandbox and of the gateway, and the plain messages of
// testdata/send, to Meta's published OpenAPI file, where that is right.
func TestMetasOwnSchemas(t *testing.T) {
	t.Parallel()
	c := openAPI(t)
	served(t, func(t *testing.T, w *world, call func(t *testing.T, method, path string, body any) answer) {
		for _, m := range managedCalls(w, t) {
			if m.metas != "" {
				a := call(t, m.method, m.path, m.body)
				conforms(t, c, m.method+" "+m.path, a.raw, m.pointer()...)
			}
		}
		blocked := call(t, "GET", "200000000000001/block_users", nil)
		conforms(t, c, "GET block_users", blocked.raw, blockedPointer...)
	})
	if err := violates(t, c, `{"messaging_product":"whatsapp","to":"1","type":"text","text":{"bodi":"hello"}}`, messagePointer...); err == nil {
		t.Error("Meta's file takes a misspelt member: it checks nothing any more")
	}
	for _, r := range requests(t) {
		if strings.HasPrefix(r.Section, "1.2") {
			raw := []byte(strings.NewReplacer("$TO", "+4915550000001", "$LINK", "https://house.example").Replace(string(r.Message)))
			conforms(t, c, r.name, raw, messagePointer...)
		}
	}
}

var (
	messagePointer = []string{"components", "schemas", "Message"}
	blockedPointer = []string{"components", "responses", "GetBlockedUsersResponse", "content", "application/json", "schema"}
)

// pointer leads to the schema of the call's answer in Meta's file.
func (m managed) pointer() []string {
	return []string{"paths", m.metas, strings.ToLower(m.method), "responses", "200", "content", "application/json", "schema"}
}
