package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is one of several in the same installation, with one of everything.
type house struct {
	*shop
	ws     account.Workspace
	owner  account.Person
	by     account.Principal
	cookie string // the owner's
	key    string // of a program that may do all
	token  string // of a panel
	number *wa.Number
	word   string // is in every text that the house has
	made   int
	last   customer // who wrote last
}

// workspace makes one.
func (s *shop) workspace(slug string) account.Workspace {
	s.t.Helper()
	w, err := s.app.Accounts.EnsureWorkspace(context.Background(), slug, slug)
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

func newHouse(s *shop, ws account.Workspace, word string) *house {
	s.t.Helper()
	ctx := context.Background()
	h := &house{shop: s, ws: ws, word: word}
	h.owner, h.cookie = s.signIn(ws.ID, "Ida"+word, account.Owner)
	h.by = account.Principal{WorkspaceID: ws.ID, PersonID: h.owner.ID, Role: account.Owner}
	_, secret, err := s.app.Accounts.CreateKey(ctx, h.by, word+" program", account.Owner)
	h.must(err)
	h.key = secret.Reveal()
	if all := s.app.Numbers.Of(ws.ID); len(all) > 0 {
		h.number = all[0]
	} else {
		h.number, err = s.app.Numbers.Connect(ctx, wa.Number{
			WorkspaceID: ws.ID, PhoneNumberID: "200000000000002", WABAID: "100000000000002", Provider: "cloudapi", BaseURL: s.meta, APIVersion: "v25.0",
			AccessToken: "token", AppSecret: appSecret, VerifyToken: "verify",
		})
		h.must(err)
		h.must(s.app.Templates.Seed(ctx, ws.ID, h.number.WABAID))
	}
	h.settle()
	h.token = text1(h.did("POST", "/panel-tokens", `{"order":"`+h.make("order")+`","origin":"https://erp.example"}`), "token")
	return h
}

// settle sets what other calls of these tests rely on.
func (h *house) settle() {
	h.t.Helper()
	// No order tells its customer anything by itself: the houses are to stand still.
	h.did("PUT", "/order-statuses", `{"statuses":[{"key":"received"}],"time_zone":"UTC","default_language":"en_US","free_text":false}`)
	h.did("PUT", "/panel-origins", `{"origins":["https://erp.example"]}`)
}

// fill makes one of everything, so that there is something to find.
func (h *house) fill() {
	h.t.Helper()
	for kind := range kinds() {
		if kind != "delivery" {
			h.make(kind)
		}
	}
	h.make("delivery", h.make("subscription"))
	h.did("POST", "/conversations/"+h.make("conversation")+"/presence", `{"state":"viewing"}`)
	h.did("PUT", "/conversations/"+h.make("conversation")+"/labels", `{"label_ids":["`+h.make("label")+`"]}`)
	h.until("its words can be found", func() bool {
		data, _ := h.send("GET", "/search?q="+h.word, "").body["data"].([]any)
		return len(data) > 0
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// send asks as whoever may: the owner, a program, or a panel.
func (h *house) send(method, path, body string, headers ...string) reply {
	h.t.Helper()
	r, err := http.NewRequest(method, strings.TrimSuffix(h.base, "/")+path, strings.NewReader(body))
	h.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	switch {
	case path == "/panel" || strings.HasPrefix(path, "/panel/") || strings.HasPrefix(path, "/panel?"):
		r.Header.Set("Authorization", "Bearer "+h.token)
		r.Header.Set("X-Kontor-Panel-Origin", "https://erp.example")
	case strings.HasPrefix(path, "/panel-tokens"):
		r.Header.Set("Authorization", "Bearer "+h.key)
	default:
		r.Header.Set("Cookie", "kontor_session="+strings.TrimPrefix(h.cookie, "cookie "))
		r.Header.Set("X-Kontor-Request", "1")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	h.must(err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	h.must(err)
	out := reply{status: answer.StatusCode, header: answer.Header, raw: string(raw)}
	json.Unmarshal(raw, &out.body) // some answers are no objects
	return out
}

// did is send that must succeed.
func (h *house) did(method, path, body string) reply {
	h.t.Helper()
	r := h.send(method, path, body)
	if r.status >= 300 {
		h.t.Fatalf("%s %s %s: got %d %s", method, path, body, r.status, r.raw)
	}
	return r
}

func text1(r reply, name string) string { s, _ := r.body[name].(string); return s }

// kind is something that ids name.
type kind struct {
	make    func(h *house, parents []string) (id string)
	unknown string // an id of nothing
}

// new is a word of the house that was not there before.
func (h *house) new() string { h.made++; return fmt.Sprintf("%s%d", h.word, h.made) }

// make makes something, below what parents name, and answers its id.
func (h *house) make(name string, parents ...string) string {
	h.t.Helper()
	k, known := kinds()[name]
	if !known {
		h.t.Fatalf("%s is no kind: say in kinds how one is made", name)
	}
	return k.make(h, parents)
}

// chain makes one of each, each below the ones before.
func (h *house) chain(forms []string) (values []string) {
	for _, name := range forms {
		values = append(values, h.make(name, values...))
	}
	return values
}

// fillIn makes what a text asks for as #kind.
func (h *house) fillIn(text string) string {
	return regexp.MustCompile(`#[a-z]+`).ReplaceAllStringFunc(text, func(s string) string { return h.make(s[1:]) })
}

// customer is somebody who has just written to the house.
type customer struct{ phone, bsuid, wamid, contact, conversation, message string }

func (h *house) customer() customer {
	h.t.Helper()
	word := h.new()
	c := customer{phone: fmt.Sprintf("4915%d%05d", 100+len(h.word)+int(h.word[0]), h.made), wamid: "wamid." + word, bsuid: "DE." + word}
	h.must(h.app.Inbox.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{{Number: h.number, Received: wa.Received{
		PhoneNumberID: h.number.PhoneNumberID, From: wa.Identity{Phone: wa.Phone(c.phone), BSUID: wa.BSUID(c.bsuid), ProfileName: word + " Carla"}, Wamid: wa.Wamid(c.wamid), At: time.Now(),
		Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: h.word + " secret"}},
	}}}}))
	r := h.did("GET", "/conversations/"+c.phone, "")
	c.conversation = text1(r, "conversation_id")
	c.contact = r.body["contact"].(map[string]any)["contact_id"].(string)
	c.message = r.body["last_message"].(map[string]any)["message_id"].(string)
	h.last = c
	return c
}

func (h *house) person() account.Person {
	h.t.Helper()
	word := h.new()
	p, err := h.app.Accounts.CreatePerson(context.Background(), h.ws.ID, account.NewPerson{Name: word, Email: word + "@example.com", Role: account.Agent})
	h.must(err)
	return p
}

func (h *house) team() account.Team {
	h.t.Helper()
	t, err := h.app.Accounts.CreateTeam(context.Background(), h.by, h.new(), "")
	h.must(err)
	return t
}

func (h *house) upload() string {
	h.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, _ := form.CreateFormFile("file", h.new()+".png")
	part.Write(aPicture())
	form.Close()
	return text1(h.send("POST", "/media", b.String(), "Content-Type", form.FormDataContentType()), "media_id")
}

// sessions are the owner's.
func (h *house) sessions() (ids []string) {
	for _, one := range h.did("GET", "/me/sessions", "").body["data"].([]any) {
		ids = append(ids, one.(map[string]any)["session_id"].(string))
	}
	return ids
}

// enter opens one more session for the owner.
func (h *house) enter() (s account.Session, cookie string, err error) {
	link, err := h.app.Accounts.NewLink(context.Background(), h.ws.ID, h.owner.ID)
	if err == nil {
		s, err = h.app.Accounts.SignIn(context.Background(), link.Token.Reveal(), account.Arrival{})
	}
	return s, "cookie " + s.Token.Reveal(), err
}

func (h *house) session() string {
	h.t.Helper()
	before := h.sessions()
	_, _, err := h.enter()
	h.must(err)
	for _, id := range h.sessions() {
		if !slices.Contains(before, id) {
			return id
		}
	}
	h.t.Fatal("the new session is not listed")
	return ""
}

func (h *house) passkey() string {
	h.t.Helper()
	word := h.new()
	k := account.Passkey{ID: wa.PasskeyID(h.app.Store().NewID()), WorkspaceID: h.ws.ID, PersonID: h.owner.ID, Credential: []byte(word), Record: []byte("{}"), Name: word, CreatedAt: time.Now()}
	h.must(h.app.Store().Write(context.Background(), func(tx txn.Tx) error {
		_, err := h.app.Store().Accounts().InsertPasskey(tx, k)
		return err
	}))
	return k.ID.String()
}

// posted makes something by a call and answers a member of the answer.
func posted(path, body, member string) func(h *house, _ []string) string {
	return func(h *house, parents []string) string {
		h.t.Helper()
		at := path
		if len(parents) > 0 {
			at = strings.ReplaceAll(path, "PARENT", parents[0])
		}
		return text1(h.did("POST", h.fillIn(at), h.fillIn(body)), member)
	}
}

// kinds are all things of a house that an id of the API names.
func kinds() map[string]kind {
	of := func(f func(h *house) string) func(*house, []string) string {
		return func(h *house, _ []string) string { h.t.Helper(); return f(h) }
	}
	const none = 1
	return map[string]kind{
		"word": {of((*house).new), "unheardof"},
		"conversation": {of(func(h *house) string {
			c := h.customer()
			h.did("PUT", "/conversations/"+c.conversation+"/draft", `{"text":"`+h.word+` draft"}`)
			return c.conversation
		}), wa.ConversationID(none).String()},
		"contact":     {of(func(h *house) string { return h.customer().contact }), wa.ContactID(none).String()},
		"phone":       {of(func(h *house) string { return h.customer().phone }), "4915999999999"},
		"bsuid":       {of(func(h *house) string { return h.customer().bsuid }), "DE.nobody"},
		"message":     {of(func(h *house) string { return h.customer().message }), wa.MessageID(none).String()},
		"lastmessage": {of(func(h *house) string { return h.last.message }), wa.MessageID(none).String()},
		"wamid":       {of(func(h *house) string { return h.customer().wamid }), "wamid.nobody"},
		"media":       {of((*house).upload), wa.MediaID(none).String()},
		"person":      {of(func(h *house) string { return h.person().ID.String() }), wa.PersonID(none).String()},
		"email":       {of(func(h *house) string { return h.person().Email }), "nobody@example.com"},
		"name":        {of(func(h *house) string { return h.person().Name }), "Nobody"},
		"team":        {of(func(h *house) string { return h.team().ID.String() }), wa.TeamID(none).String()},
		"slug":        {of(func(h *house) string { return h.team().Slug }), "nobodys"},
		"session":     {of((*house).session), "ses_00112233445566778899"},
		"passkey":     {of((*house).passkey), wa.PasskeyID(none).String()},
		"number":      {of(func(h *house) string { return string(h.number.PhoneNumberID) }), "200000000000009"},
		"key": {of(func(h *house) string {
			k, _, err := h.app.Accounts.CreateKey(context.Background(), h.by, h.new(), account.Agent)
			h.must(err)
			return k.ID.String()
		}), wa.KeyID(none).String()},
		"invitation": {of(func(h *house) string {
			i, _, err := h.app.Accounts.Invite(context.Background(), h.by, account.Invite{Email: h.new() + "@example.com", Role: account.Agent})
			h.must(err)
			return i.ID.String()
		}), wa.InvitationID(none).String()},
		"order": {of(func(h *house) string {
			ref := "R-" + h.new()
			h.did("PUT", "/orders/"+ref, h.fillIn(`{"customer":{"phone":"#phone","name":"`+h.word+`"},"status":"received"}`))
			return ref
		}), "R-nobody"},
		"label":        {posted("/labels", `{"name":"#word","colour":"#7c3aed"}`, "label_id"), wa.LabelID(none).String()},
		"note":         {posted("/conversations/#conversation/notes", `{"text":"#word"}`, "note_id"), wa.NoteID(none).String()},
		"quickreply":   {posted("/quick-replies", `{"scope":"workspace","shortcut":"#word","text":"#word"}`, "quick_reply_id"), wa.QuickReplyID(none).String()},
		"paneltoken":   {posted("/panel-tokens", `{"order":"#order","origin":"https://erp.example"}`, "token_id"), wa.PanelTokenID(none).String()},
		"subscription": {posted("/subscriptions", `{"url":"https://127.0.0.1:1/#word","dialect":"kontor","events":["template.changed"]}`, "id"), wa.SubscriptionID(none).String()},
		"delivery":     {posted("/subscriptions/PARENT/test", "", "id"), wa.DeliveryID(none).String()},
	}
}

// read is what the house sees of its own, by call.
func (h *house) read(d *document) map[string]string {
	h.t.Helper()
	seen := map[string]string{}
	for _, o := range d.operations {
		if o.method != "GET" || o.open || strings.Contains(o.path, "{") || strings.HasPrefix(o.path, "/panel") || slices.Contains(volatile, o.call) {
			continue
		}
		queries := asking[o.call]
		if queries == nil {
			queries = []string{"limit=100"}
			if !slices.Contains(o.named("query"), "limit") {
				queries = []string{""}
			}
		}
		for _, q := range queries {
			r := h.send("GET", o.path+"?"+q, "")
			if r.status != http.StatusOK {
				h.t.Errorf("%s?%s: got %d %s of one's own house", o.call, q, r.status, r.raw)
			}
			seen[o.call+"?"+q] = r.raw
		}
	}
	return seen
}

// streams checks that who listens hears of their own house alone, from whatever
// place in the journal they go on.
func streams(t *testing.T, one, two *house) {
	theirs := one.customer()
	for name, from := range map[string]string{"the beginning": "0", "another house's place": one.place(t)} {
		ours := two.customer()
		lines := two.listen(t, from, ours.message)
		for _, line := range lines {
			for _, id := range []string{theirs.conversation, theirs.contact, theirs.message, one.owner.ID.String(), one.number.ID.String()} {
				if strings.Contains(line, id) {
					t.Errorf("the live stream from %s tells of another house: %s", name, line)
				}
			}
		}
		if from == "0" && len(lines) < 20 {
			t.Errorf("the live stream from %s: got %d lines, want all that happened", name, len(lines))
		}
	}
}

// place is the cursor of the end of the house's stream.
func (h *house) place(t *testing.T) string {
	t.Helper()
	for _, line := range h.listen(t, "", "event: hello") {
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			return id
		}
	}
	t.Fatal("the stream has no beginning")
	return ""
}

// listen reads the live stream up to the event that holds what is waited for.
func (h *house) listen(t *testing.T, cursor, awaited string) (lines []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", h.base+"events?cursor="+cursor, nil)
	h.must(err)
	r.Header.Set("Cookie", "kontor_session="+strings.TrimPrefix(h.cookie, "cookie "))
	answer, err := http.DefaultClient.Do(r)
	h.must(err)
	defer answer.Body.Close()
	seen := false
	for text := bufio.NewScanner(answer.Body); text.Scan(); {
		lines = append(lines, text.Text())
		seen = seen || strings.Contains(text.Text(), awaited)
		if seen && text.Text() == "" {
			return lines
		}
	}
	t.Fatalf("the live stream ended after %d lines without %s", len(lines), awaited)
	return nil
}
