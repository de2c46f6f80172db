package app_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tables of this test; what a route needs of them, its failures say.
var (
	// pathKinds are what a parameter of a path names, by the path up to it: see
	// kinds. What is written in several ways is tried in each.
	pathKinds = map[string][]string{
		"/conversations/{phone}": {"conversation", "contact", "phone", "bsuid"}, "/queue/{phone}": {"conversation", "contact", "phone", "bsuid"},
		"/messages/{id}": {"message", "wamid"}, "/panel/messages/{id}": {"message"}, "/media/{id}": {"media"},
		"/labels/{id}": {"label"}, "/notes/{id}": {"note"}, "/quick-replies/{id}": {"quickreply"},
		"/people/{id}": {"person"}, "/teams/{id}": {"team"}, "/invitations/{id}": {"invitation"}, "/keys/{id}": {"key"},
		"/routing/{team}": {"slug", "team"}, "/agents/{person}": {"person"},
		"/me/sessions/{id}": {"session"}, "/me/passkeys/{id}": {"passkey"}, "/numbers/{phone_number_id}": {"number"},
		"/orders/{id}": {"order"}, "/panel-tokens/{id}": {"paneltoken"},
		"/subscriptions/{id}": {"subscription"}, "/subscriptions/{id}/deliveries/{delivery}": {"delivery"},
	}
	// queryKinds are what a parameter of a query names.
	queryKinds = map[string]string{
		"phone_number_id": "number", "label": "label", "assignee": "person", "person_id": "person", "team": "team", "conversation": "conversation", "conversation_id": "conversation",
		"customer": "contact", "phone": "contact", "technician": "person", "around": "message",
	}
	// bodies are what calls are tried with: #kind is filled in with one of the
	// caller's own, $kind is tried with another house's.
	bodies = withSends(map[string][]string{
		"PATCH /people/{id}": {`{"name":"Eve"}`, `{"teams":["$team"]}`}, "POST /invitations": {`{"email":"#email","role":"agent","teams":["$team"]}`},
		"PATCH /teams/{id}": {`{"name":"#word"}`}, "PUT /teams/{id}/members": {`{"people":["$person"]}`},
		"PUT /routing/{team}": {`{"mode":"manual"}`, `{"mode":"manual","numbers":["$number"]}`}, "PUT /agents/{person}": {`{"available":true}`},
		"PATCH /me/passkeys/{id}": {`{"name":"mine"}`}, "PATCH /labels/{id}": {`{"name":"#word"}`}, "PATCH /quick-replies/{id}": {`{"text":"hi"}`},
		"POST /quick-replies": {`{"scope":"team","team":"$team","shortcut":"#word","text":"hi"}`, `{"scope":"team","team":"$slug","shortcut":"#word","text":"hi"}`},
		"PATCH /notes/{id}":   {`{"text":"hi","mentions":["$person"]}`}, "POST /conversations/{phone}/notes": {`{"text":"hi","mentions":["$person"]}`},
		"POST /mentions/seen":                  {`{"note_ids":["$note"]}`},
		"POST /conversations/{phone}/presence": {`{"state":"viewing"}`}, "POST /conversations/{phone}/snooze": {`{"until_reply":true}`},
		"PUT /conversations/{phone}/automation": {`{"state":"off"}`}, "PUT /conversations/{phone}/labels": {`{"label_ids":["$label"]}`},
		"PUT /conversations/{phone}/draft": {`{"text":"hi","reply_to":"$lastmessage"}`},
		"POST /conversations/bulk": {`{"conversation_ids":["$conversation"],"do":"close"}`, `{"conversation_ids":["$conversation"],"do":"read"}`, `{"conversation_ids":["#conversation"],"do":"assign","person_id":"$person"}`,
			`{"conversation_ids":["#conversation"],"do":"transfer","team":"$team"}`, `{"conversation_ids":["#conversation"],"do":"label","add":["$label"]}`, `{"conversation_ids":["#conversation"],"do":"label","remove":["$label"]}`},
		"POST /queue/{phone}/assign":   {`{"person_id":"$person"}`},
		"POST /queue/{phone}/transfer": {`{"person_id":"$person"}`, `{"team":"$team"}`, `{"team":"$slug"}`},
		"PUT /orders/{id}": {`{"customer":{"contact_id":"$contact"},"status":"received"}`, `{"customer":{"phone":"#phone"},"status":"received","phone_number_id":"$number"}`,
			`{"customer":{"phone":"#phone"},"status":"received","technician":{"person_id":"$person"}}`, `{"customer":{"phone":"#phone"},"status":"received","technician":{"email":"$email"}}`,
			`{"customer":{"phone":"#phone"},"status":"received","technician":{"name":"$name"}}`},
		"POST /orders/{id}/preview": {`{"status":"received"}`}, "POST /orders/{id}/link": {`{"message_id":"$message"}`},
		"POST /orders/{id}/messages": {`{"text":"hi","context":{"message_id":"$lastmessage"}}`, `{"image":{"media_id":"$media"}}`, `{"image":{"id":"$media"}}`, `{"document":{"media_id":"$media"}}`,
			`{"document":{"id":"$media"}}`, `{"video":{"media_id":"$media"}}`, `{"video":{"id":"$media"}}`, `{"audio":{"media_id":"$media"}}`, `{"audio":{"id":"$media"}}`},
		"POST /panel-tokens": {`{"order":"$order","origin":"https://erp.example"}`, `{"order":"#order","origin":"https://erp.example","person":{"person_id":"$person"}}`,
			`{"order":"#order","origin":"https://erp.example","person":{"email":"$email"}}`, `{"order":"#order","origin":"https://erp.example","person":{"name":"$name"}}`},
		"POST /subscriptions":       {`{"url":"https://shop.example/hook","dialect":"kontor","phone_number_id":"$number"}`},
		"PATCH /subscriptions/{id}": {`{}`}, "POST /subscriptions/{id}/secret": {`{}`}, "POST /subscriptions/{id}/redeliver": {`{"since":"2026-11-21T00:00:00Z"}`},
		"PUT /numbers/{phone_number_id}/profile": {`{}`},
	})
	// plain are members and parameters whose names look like those of ids, and are none.
	plain = map[string]string{
		"buttons[].id": "what comes back when a customer taps it", "sections[].rows[].id": "what comes back when a customer chooses it",
		"customer.phone": "a person of the world, not of a house", "customer.bsuid": "a person of the world, not of a house", "contacts[].phones[].phone": "on a card",
		"contacts[].phones[].wa_id": "on a card", "contacts[].org.department": "on a card",
		"POST /send/reaction context.message_id": "a reaction quotes nothing, and is refused whatever stands here", "PUT /numbers/{phone_number_id}/profile email": "the business's own",
		"POST /invitations email": "of whoever is asked to come", "PATCH /people/{id} email": "an address signs in to one house: another one hears that it is taken, and not by whom",
		"POST /signin/password email": "one's own", "POST /password/forgot email": "one's own", "POST /setup email": "one's own",
		"hours[].to":   "a time of the day",
		"header.image": "as Meta defines it: tried in sends", "header.video": "as Meta defines it", "header.document": "as Meta defines it",
	}
	// operators are the calls of the installation's first house: another is
	// refused before anything is read.
	operators = []string{"POST /webhooks/replay"}
	// answered are calls that answer another house's id with success, as they
	// answer one that does not exist, and why that tells nothing.
	answered = map[string]string{
		"PUT /orders/{id} id":                         "a shop's ids are its own: the order that is made is the caller's",
		"POST /conversations/bulk conversation_ids[]": "what was refused is told for each",
		"POST /conversations/bulk add[]":              "what was refused is told for each",
		"POST /conversations/bulk remove[]":           "what was refused is told for each",
		"DELETE /conversations/{phone}/draft phone":   "there need be nothing to take away",
		"POST /mentions/seen note_ids[]":              "there is no such mention to mark",
	}
	// uncontrolled are places where one's own id is not tried, and why.
	uncontrolled = map[string]string{
		"GET /panel/messages/{id}/file id":          "TestAPanelShowsItsOrderAndNothingElse gets its own",
		"POST /mentions/seen note_ids[]":            "it answers nothing",
		"DELETE /conversations/{phone}/draft phone": "it answers nothing",
	}
	// asking are the queries that lists need, or with which they would show most.
	asking = map[string][]string{"GET /search": {"q=zebra", "has=media"}, "GET /messages": {"status=failed", "status=held", "status=uncertain"}, "GET /people": {"state=all"}}
	// volatile lists change by themselves.
	volatile = []string{"GET /me", "GET /metrics", "GET /events", "GET /usage", "GET /webhooks", "GET /quarantine", "GET /signin/methods", "GET /setup", "GET /presence", "GET /search"}
)

// withSends adds the bodies of the send calls, which are much alike.
func withSends(bodies map[string][]string) map[string][]string {
	for kind, part := range map[string]string{
		"text": `"text":"hi"`, "template": `"template":{"name":"hello_world","language":{"code":"en_US"}}`, "buttons": `"text":"hi","buttons":[{"id":"a","title":"A"}]`,
		"list": `"text":"hi","button":"B","sections":[{"rows":[{"id":"a","title":"A"}]}]`, "cta_url": `"text":"hi","display_text":"Go","url":"https://shop.example"`,
		"location": `"location":{"latitude":1,"longitude":2}`, "contacts": `"contacts":[{"name":{"formatted_name":"A B","first_name":"A"}}]`,
		"reaction": `"reaction":{"message_id":"$lastmessage","emoji":"👍"}`, "image": "", "document": "", "audio": "", "video": "", "sticker": "",
	} {
		call := "POST /send/" + kind
		if part == "" {
			part = fmt.Sprintf(`%q:{"link":"https://shop.example/file"}`, kind)
			for _, member := range []string{"id", "media_id"} {
				bodies[call] = append(bodies[call], fmt.Sprintf(`{"to":"#contact",%q:{%q:"$media"}}`, kind, member))
			}
		}
		for _, more := range []string{`"to":"$contact"`, `"to":"#contact","phone_number_id":"$number"`, `"to":"#contact","order":"$order"`} {
			bodies[call] = append(bodies[call], "{"+more+","+strings.ReplaceAll(part, "$", "#")+"}")
		}
		if strings.Contains(part, "$") {
			bodies[call] = append(bodies[call], `{"to":"#contact",`+part+"}")
		} else {
			bodies[call] = append(bodies[call], `{"to":"#contact","context":{"message_id":"$lastmessage"},`+part+"}")
		}
	}
	bodies["POST /send/buttons"] = append(bodies["POST /send/buttons"], `{"to":"#contact","text":"hi","buttons":[{"id":"a","title":"A"}],"header":{"type":"image","image":{"id":"$media"}}}`)
	return bodies
}

// looksLikeAnID finds the names of members and parameters by which things are named.
var looksLikeAnID = regexp.MustCompile(`(^|_)ids?$|^(person|people|team|teams|order|label|add|remove|mentions|reply_to|to|customer|technician|conversation|contact|phone|assignee|around|bsuid|email)$`)

// TestNothingOfAnotherHouseIsReached asks every call of the OpenAPI document for
// what is another house's, by every parameter and member that names something.
// The answer must be the one for what does not exist, to the byte, and another
// than for what is one's own; the other house must be as it was; and nothing of
// it may be in any answer. A new route fails here until the tables above know
// what its parameters name.
func TestNothingOfAnotherHouseIsReached(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		d := readDocument(t, s.app.OpenAPI())
		one, two := newHouse(s, s.app.Workspace, "zebra"), newHouse(s, s.workspace("other"), "okapi")
		one.fill()
		two.fill()
		b := &burglar{document: d, one: one, two: two, theirs: map[string]string{}}
		for kind := range kinds() {
			if kind != "delivery" {
				b.of(kind)
			}
		}
		b.of("delivery", b.of("subscription"))
		one.read(d) // what reading itself changes, as when a key was used
		before := one.read(d)
		late := []*operation{} // what makes something of the caller's under the same id comes last
		for _, o := range d.operations {
			if o.open || slices.Contains(operators, o.call) {
				continue
			}
			if _, makes := answered[o.call+" id"]; makes {
				late = append(late, o)
				continue
			}
			b.try(o)
		}
		b.lists()
		for _, o := range late {
			b.try(o)
		}
		if b.tried < 150 {
			t.Errorf("only %d places were tried: does the document still name them?", b.tried)
		}
		after := one.read(d)
		for call, was := range before {
			if after[call] != was {
				t.Errorf("%s: another house changed\n%s\nto\n%s", call, was, after[call])
			}
		}
		streams(t, one, two)
	})
}

// burglar is of house two and tries the doors of house one.
type burglar struct {
	*document
	one, two *house
	theirs   map[string]string // of one, by kind; made once
	tried    int
}

// filler puts an id into a call that is otherwise the burglar's own; an empty one
// stands for something of its own there, too. used is the id that stands there.
type filler func(id string) (path, body, used string)

func (b *burglar) try(o *operation) {
	t := b.one.t
	t.Helper()
	templates := bodies[o.call]
	if o.body != nil {
		b.complete(o)
		if len(templates) == 0 && o.required && strings.Contains(o.path, "{") {
			t.Errorf("%s takes a body: add one that it accepts to bodies, with #kind for what is the caller's own and $kind for what is to be tried", o.call)
			return
		}
	}
	body := ""
	if len(templates) > 0 {
		body = strings.ReplaceAll(templates[0], "$", "#")
	}
	b.paths(o, body)
	b.queries(o)
	for _, template := range templates {
		for _, at := range regexp.MustCompile(`\$[a-z]+`).FindAllStringIndex(template, -1) {
			kind := template[at[0]+1 : at[1]]
			marked := template[:at[0]] + "\x00" + template[at[1]:]
			b.compare(o, memberAt(t, marked), kind, func() filler {
				path, text := b.own(o.path), b.two.fillIn(strings.ReplaceAll(marked, "$", "#"))
				return func(id string) (string, string, string) {
					if id == "" {
						id = b.two.make(kind)
					}
					return path, strings.ReplaceAll(text, "\x00", id), id
				}
			})
		}
	}
}

// memberAt is the path of the member of a body that holds the mark.
func memberAt(t *testing.T, marked string) (at string) {
	t.Helper()
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, one := range v {
				walk(strings.TrimPrefix(path+"."+name, "."), one)
			}
		case []any:
			for _, one := range v {
				walk(path+"[]", one)
			}
		case string:
			if v == "MARK" {
				at = path
			}
		}
	}
	var v any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(marked, "\x00", "MARK")), &v); err != nil {
		t.Fatalf("%s: %v", marked, err)
	}
	walk("", v)
	return at
}

// complete checks that each member that names something is tried.
func (b *burglar) complete(o *operation) {
	tried := map[string]bool{}
	for _, template := range bodies[o.call] {
		for _, at := range regexp.MustCompile(`\$[a-z]+`).FindAllStringIndex(template, -1) {
			tried[memberAt(b.one.t, template[:at[0]]+"\x00"+template[at[1]:])] = true
		}
	}
	b.members(o.body, func(path string, s *schema) {
		name := strings.TrimSuffix(path[strings.LastIndexByte(path, '.')+1:], "[]")
		if tried[path] || !looksLikeAnID.MatchString(name) || plain[path] != "" || plain[o.call+" "+path] != "" || !s.is("string") || len(s.Enum) > 0 || s.Format != "" {
			return
		}
		b.one.t.Errorf("%s: the member %s looks as if it named something: add a body to bodies that has it as $kind, or say in plain why it names nothing of a house", o.call, path)
	})
}

var parameterOf = regexp.MustCompile(`\{[a-z_]+\}`)

// kindsOf are what the parameters of a path name.
func (b *burglar) kindsOf(path string) (kinds [][]string) {
	for _, at := range parameterOf.FindAllStringIndex(path, -1) {
		known := pathKinds[path[:at[1]]]
		if known == nil {
			b.one.t.Errorf("%s: nothing is known of the parameter %s: add what it names to pathKinds, and how one is made to kinds in house_test.go", path, path[at[0]:at[1]])
			return nil
		}
		kinds = append(kinds, known)
	}
	return kinds
}

// own fills a path with what is the burglar's own.
func (b *burglar) own(path string) string { return fillPath(path, b.two.chain(first(b.kindsOf(path)))) }

// first is each parameter in its first form.
func first(kinds [][]string) (forms []string) {
	for _, k := range kinds {
		forms = append(forms, k[0])
	}
	return forms
}

func fillPath(path string, values []string) string {
	for _, v := range values {
		at := parameterOf.FindStringIndex(path)
		path = path[:at[0]] + url.PathEscape(v) + path[at[1]:]
	}
	return path
}

func (b *burglar) paths(o *operation, body string) {
	kinds := b.kindsOf(o.path)
	names := parameterOf.FindAllString(o.path, -1)
	theirs := b.chain(first(kinds))
	for i := range kinds {
		for _, kind := range kinds[i] {
			forms := first(kinds)
			forms[i] = kind
			b.compare(o, strings.Trim(names[i], "{}"), kind, func() filler {
				values, text := b.two.chain(forms), b.two.fillIn(body)
				return func(id string) (string, string, string) {
					if id == "" {
						return fillPath(o.path, values), text, values[i]
					}
					return fillPath(o.path, append(append(values[:i:i], id), theirs[i+1:]...)), text, id
				}
			})
		}
	}
}

// chain is of house one, each below the one before; made once.
func (b *burglar) chain(forms []string) (values []string) {
	for _, kind := range forms {
		values = append(values, b.of(kind, values...))
	}
	return values
}

// of is something of house one.
func (b *burglar) of(kind string, parents ...string) string {
	if b.theirs[kind] == "" {
		b.theirs[kind] = b.one.make(kind, parents...)
	}
	return b.theirs[kind]
}

func (b *burglar) queries(o *operation) {
	forms := first(b.kindsOf(o.path))
	for i, form := range forms {
		if form == "conversation" {
			forms[i] = "phone" // which may be that of several conversations: the query says which
		}
	}
	for _, p := range o.parameters {
		name := p.Name
		if p.In != "query" {
			continue
		}
		if name == "cursor" || !looksLikeAnID.MatchString(name) && queryKinds[name] == "" || len(p.Schema.Enum) > 0 || p.Schema.Format != "" {
			continue
		}
		kind := queryKinds[name]
		if kind == "" {
			b.one.t.Errorf("%s: the parameter %s looks as if it named something: add what to queryKinds", o.call, name)
			continue
		}
		more := ""
		if asked := asking[o.call]; asked != nil {
			more = "&" + asked[0]
		}
		body := ""
		if templates := bodies[o.call]; len(templates) > 0 {
			body = strings.ReplaceAll(templates[0], "$", "#")
		}
		path, text := fillPath(o.path, b.two.chain(forms)), b.two.fillIn(body)
		fill := func(id string) (string, string, string) {
			return path + "?" + name + "=" + url.QueryEscape(id) + more, text, id
		}
		theirs, unknown := b.ask(o, b.of(kind), fill), b.ask(o, b.unknown(kind), fill)
		b.tried++
		if theirs != unknown {
			b.one.t.Errorf("%s?%s=: for another house's %s got %s, want what an unknown one gets: %s", o.call, name, kind, theirs, unknown)
		}
		if strings.HasPrefix(theirs, "5") {
			b.one.t.Errorf("%s?%s=: got %s", o.call, name, theirs)
		}
	}
}

var codes = regexp.MustCompile(`"code":"[a-z_]+"`)

// compare asks with another house's id, with one that does not exist, and with
// the caller's own.
func (b *burglar) compare(o *operation, name, kind string, prepare func() filler) {
	t := b.one.t
	t.Helper()
	b.tried++
	where, fill := o.call+" "+name, prepare()
	theirs, unknown := b.ask(o, b.of(kind), fill), b.ask(o, b.unknown(kind), fill)
	same := theirs == unknown
	if answered[where] != "" { // what is made has ids and times of its own
		same = theirs[:3] == unknown[:3] && slices.Equal(codes.FindAllString(theirs, -1), codes.FindAllString(unknown, -1))
	}
	if !same {
		t.Errorf("%s (%s): for another house's got\n%s\nwant what an unknown one gets:\n%s", where, kind, theirs, unknown)
	}
	if answered[where] == "" && theirs[0] != '4' {
		t.Errorf("%s (%s): got %s with another house's, want a refusal; if its success tells nothing, say why in answered", where, kind, theirs)
	}
	if uncontrolled[where] != "" || answered[where] != "" && !strings.Contains(where, "]") {
		return
	}
	if own := b.ask(o, "", prepare()); own == theirs {
		t.Errorf("%s (%s): one's own gets the same answer, so this shows nothing:\n%s", where, kind, own)
	}
}

// unknown is of nobody.
func (b *burglar) unknown(kind string) string { return kinds()[kind].unknown }

// ask is the answer, with the id taken out: status and body.
func (b *burglar) ask(o *operation, id string, fill filler) string {
	path, body, id := fill(id)
	r := b.two.send(o.method, path, body)
	b.shows(o, r, id)
	var problem map[string]any
	if json.Unmarshal([]byte(r.raw), &problem) == nil {
		delete(problem, "request_id")
		delete(problem, "indexing")      // goes on meanwhile
		text, _ := json.Marshal(problem) // what was read can be written
		r.raw = string(text)
	}
	for _, form := range []string{id, url.PathEscape(id), url.QueryEscape(id)} {
		r.raw = strings.ReplaceAll(r.raw, form, "ID")
	}
	return fmt.Sprint(r.status, " ", r.raw)
}

// shows fails when an answer holds anything of house one but what was asked for.
func (b *burglar) shows(o *operation, r reply, asked string) {
	b.one.t.Helper()
	if strings.Contains(strings.ToLower(r.raw), b.one.word) && !strings.Contains(asked, b.one.word) {
		b.one.t.Errorf("%s: the answer shows what is another house's: %s", o.call, r.raw)
	}
	for kind, id := range b.theirs {
		if id != asked && kind != "number" && len(id) > 8 && strings.Contains(r.raw, id) && !strings.Contains(asked, id) {
			b.one.t.Errorf("%s: the answer shows another house's %s %s: %s", o.call, kind, id, r.raw)
		}
	}
}

// lists asks every list, also from places in lists of the other house.
func (b *burglar) lists() {
	for _, o := range b.operations {
		if o.open || o.method != "GET" || strings.HasSuffix(o.path, "/events") {
			continue
		}
		queries := asking[o.call]
		if queries == nil {
			queries = []string{""}
		}
		for _, q := range queries {
			r := b.two.send(o.method, b.own(o.path)+"?"+q, "")
			b.shows(o, r, "")
			if r.status >= 500 {
				b.one.t.Errorf("%s?%s: got %d %s", o.call, q, r.status, r.raw)
			}
			if !slices.Contains(o.named("query"), "cursor") {
				continue
			}
			path := o.path
			for _, kinds := range b.kindsOf(o.path) {
				at := parameterOf.FindStringIndex(path)
				path = path[:at[0]] + url.PathEscape(b.of(kinds[0])) + path[at[1]:]
			}
			next, _ := b.one.send(o.method, path+"?limit=1&"+q, "").body["next_cursor"].(string)
			if next == "" {
				continue
			}
			r = b.two.send(o.method, b.own(o.path)+"?cursor="+url.QueryEscape(next)+"&"+q, "")
			b.shows(o, r, "")
			if r.status >= 500 {
				b.one.t.Errorf("%s with another house's cursor: got %d %s", o.call, r.status, r.raw)
			}
		}
	}
}
