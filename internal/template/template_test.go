package template_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func text(values ...string) (ps []wa.TemplateParameter) {
	for _, v := range values {
		ps = append(ps, wa.TemplateParameter{Type: "text", Text: v})
	}
	return ps
}

func named(pairs ...string) (ps []wa.TemplateParameter) {
	for i := 0; i < len(pairs); i += 2 {
		ps = append(ps, wa.TemplateParameter{Type: "text", ParameterName: pairs[i], Text: pairs[i+1]})
	}
	return ps
}

func part(kind string, ps []wa.TemplateParameter) wa.TemplateComponent {
	return wa.TemplateComponent{Type: kind, Parameters: ps}
}

func button(sub, index string, ps []wa.TemplateParameter) wa.TemplateComponent {
	return wa.TemplateComponent{Type: "button", SubType: sub, Index: wa.ButtonIndex(index), Parameters: ps}
}

func message(cs ...wa.TemplateComponent) *wa.Template {
	return &wa.Template{Name: "t", Language: wa.Language{Code: "de"}, Components: cs}
}

func define(cs ...wa.DefinitionComponent) *wa.TemplateDefinition {
	return &wa.TemplateDefinition{Name: "t", Language: "de", Category: "UTILITY", Status: "APPROVED", ParameterFormat: "POSITIONAL", Components: cs}
}

func body(s string) wa.DefinitionComponent { return wa.DefinitionComponent{Type: "BODY", Text: s} }

func header(format, s string) wa.DefinitionComponent {
	return wa.DefinitionComponent{Type: "HEADER", Format: format, Text: s}
}

func buttons(bs ...wa.DefinitionButton) wa.DefinitionComponent {
	return wa.DefinitionComponent{Type: "BUTTONS", Buttons: bs}
}

func carousel(n int) wa.DefinitionComponent {
	card := wa.DefinitionCard{Components: []wa.DefinitionComponent{header("IMAGE", ""), body("Card {{1}}"), buttons(wa.DefinitionButton{Type: "QUICK_REPLY", Text: "Take"})}}
	return wa.DefinitionComponent{Type: "CAROUSEL", Cards: slices.Repeat([]wa.DefinitionCard{card}, n)}
}

func cards(indexes ...int) wa.TemplateComponent {
	c := wa.TemplateComponent{Type: "carousel"}
	for _, i := range indexes {
		c.Cards = append(c.Cards, wa.TemplateCard{CardIndex: i, Components: []wa.TemplateComponent{
			part("header", []wa.TemplateParameter{{Type: "image", Image: &wa.Media{ID: "1"}}}), part("body", text(string(rune('A'+i)))),
		}})
	}
	return c
}

func TestValuesMustFitTheDefinition(t *testing.T) {
	namedDef := define(body("Hi {{first_name}}, see {{place}}"))
	namedDef.ParameterFormat = "NAMED"
	code := define(wa.DefinitionComponent{Type: "BODY"}, buttons(wa.DefinitionButton{Type: "OTP", OTPType: "COPY_CODE", Text: "Copy"}))
	code.Category = "AUTHENTICATION"
	picture := []wa.TemplateParameter{{Type: "image", Image: &wa.Media{ID: "1"}}}
	url := wa.DefinitionButton{Type: "URL", Text: "Track", URL: "https://a.example/{{1}}"}
	for _, row := range []struct {
		name  string
		def   *wa.TemplateDefinition
		given *wa.Template
		want  string // the wrong field; empty: it fits
		limit int
		len   int
	}{
		{"no variables", define(body("Hi")), message(), "", 0, 0},
		{"a value too many", define(body("Hi")), message(part("body", text("x"))), "template.components[0].parameters", 0, 1},
		{"as many as asked", define(body("{{1}} and {{2}}")), message(part("BODY", text("a", "b"))), "", 0, 0},
		{"the same variable twice", define(body("{{1}} and {{1}}")), message(part("body", text("a"))), "", 0, 0},
		{"one missing", define(body("{{1}} and {{2}}")), message(part("body", text("a"))), "template.components[0].parameters", 2, 1},
		{"all missing", define(body("{{1}}")), message(), "template.components", 1, 0},
		{"currency for text", define(body("{{1}}")), message(part("body", []wa.TemplateParameter{{Type: "currency", Currency: &wa.Currency{FallbackValue: "1 €", Code: "EUR"}}})), "", 0, 0},
		{"picture for text", define(body("{{1}}")), message(part("body", picture)), "template.components[0].parameters[0].type", 0, 0},
		{"named in any order", namedDef, message(part("body", named("place", "Lübeck", "first_name", "Ada"))), "", 0, 0},
		{"a wrong name", namedDef, message(part("body", named("place", "Lübeck", "name", "Ada"))), "template.components[0].parameters[1].parameter_name", 0, 0},
		{"a name twice", namedDef, message(part("body", named("place", "Lübeck", "place", "Ada"))), "template.components[0].parameters[1].parameter_name", 0, 0},
		{"header text", define(header("TEXT", "For {{1}}"), body("x")), message(part("header", text("Ada"))), "", 0, 0},
		{"header picture", define(header("IMAGE", ""), body("x")), message(part("header", picture)), "", 0, 0},
		{"header picture missing", define(header("IMAGE", ""), body("x")), message(), "template.components", 1, 0},
		{"header of another kind", define(header("DOCUMENT", ""), body("x")), message(part("header", picture)), "template.components[0].parameters[0].type", 0, 0},
		{"url suffix", define(body("x"), buttons(url)), message(button("URL", "0", text("17"))), "", 0, 0},
		{"url suffix missing", define(body("x"), buttons(url)), message(), "template.components", 0, 0},
		{"button at the wrong place", define(body("x"), buttons(url)), message(button("url", "0", text("17")), button("url", "1", text("17"))), "template.components[1].index", 0, 0},
		{"button of another kind", define(body("x"), buttons(url)), message(button("quick_reply", "0", text("17"))), "template.components[0].sub_type", 0, 0},
		{"quick reply needs no payload", define(body("x"), buttons(wa.DefinitionButton{Type: "QUICK_REPLY", Text: "Yes"})), message(), "", 0, 0},
		{"phone button takes nothing", define(body("x"), buttons(wa.DefinitionButton{Type: "PHONE_NUMBER", Text: "Call"})), message(button("url", "0", text("1"))), "template.components[0].index", 0, 0},
		{"code in body and button", code, message(part("body", text("123")), button("url", "0", text("123"))), "", 0, 0},
		{"code without button", code, message(part("body", text("123"))), "template.components", 0, 0},
		{"cards", define(body("x"), carousel(2)), message(cards(1, 0)), "", 0, 0},
		{"a card missing", define(body("x"), carousel(3)), message(cards(0, 1)), "template.components[0].cards", 3, 2},
		{"a card twice", define(body("x"), carousel(2)), message(cards(0, 0)), "template.components[0].cards[1].card_index", 0, 0},
		{"no carousel asked", define(body("x")), message(cards(0, 1)), "template.components[0]", 0, 0},
		{"carousel missing", define(body("x"), carousel(2)), message(), "template.components", 0, 0},
		{"1024 characters", define(body("a{{1}}")), message(part("body", text(strings.Repeat("ü", 1023)))), "", 0, 0},
		{"1025 characters", define(body("a{{1}}")), message(part("body", text(strings.Repeat("ü", 1024)))), "template.components", 1024, 1025},
		{"61 characters of header", define(header("TEXT", "a{{1}}"), body("x")), message(part("header", text(strings.Repeat("ü", 60)))), "template.components", 60, 61},
	} {
		fields := template.Check(row.def, row.given)
		switch {
		case row.want == "" && len(fields) > 0:
			t.Errorf("%s: got %+v, want it to fit", row.name, fields)
		case row.want == "":
		case len(fields) == 0 || fields[0].Name != row.want || fields[0].Limit != row.limit || fields[0].Length != row.len:
			t.Errorf("%s: got %+v, want %s with %d and %d", row.name, fields, row.want, row.limit, row.len)
		}
	}
}

func TestRenderIsWhatTheCustomerReads(t *testing.T) {
	def := define(header("TEXT", "For {{1}}"), body("{{2}} comes before {{1}}."), wa.DefinitionComponent{Type: "FOOTER", Text: "Kontor"},
		buttons(wa.DefinitionButton{Type: "URL", Text: "Track"}), carousel(2))
	got := template.Render(def, message(part("header", text("Ada")), part("body", text("a", "b")), cards(1, 0)))
	want := wa.Rendered{Header: "For Ada", Body: "b comes before a.\n\nCard A\n\nCard B", Footer: "Kontor", Buttons: []string{"Track", "Take", "Take"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	namedDef := define(body("Hi {{first_name}}, {{day}}"))
	namedDef.ParameterFormat = "NAMED"
	got = template.Render(namedDef, message(part("body", named("day", "Monday", "first_name", "Ada {{day}}"))))
	if got.Body != "Hi Ada {{day}}, Monday" {
		t.Errorf("got %q: a value is not a template", got.Body)
	}
}

func TestVariablesAreWhatAFormAsksFor(t *testing.T) {
	b := body("Hi {{1}}, {{2}}")
	b.Example = json.RawMessage(`{"body_text":[["Ada","Monday"]]}`)
	def := define(header("IMAGE", ""), b, buttons(
		wa.DefinitionButton{Type: "QUICK_REPLY", Text: "Yes"},
		wa.DefinitionButton{Type: "URL", URL: "https://a.example/{{1}}", Example: json.RawMessage(`["https://a.example/17"]`)},
		wa.DefinitionButton{Type: "COPY_CODE", Example: json.RawMessage(`"SAVE10"`)}))
	want := []template.Variable{
		{Component: "header", Card: -1, Kind: "image", Required: true},
		{Component: "body", Index: 0, Card: -1, Kind: "text", Example: "Ada", Required: true},
		{Component: "body", Index: 1, Card: -1, Kind: "text", Example: "Monday", Required: true},
		{Component: "button", Index: 0, Card: -1, Kind: "payload"},
		{Component: "button", Index: 1, Card: -1, Kind: "url", Example: "https://a.example/17", Required: true},
		{Component: "button", Index: 2, Card: -1, Kind: "copy_code", Example: "SAVE10", Required: true},
	}
	if d := cmp.Diff(want, template.Variables(def)); d != "" {
		t.Error(d)
	}
}

// listing plays WhatsApp's list of templates.
type listing struct {
	all     []wa.TemplateDefinition
	failure *wa.Failure
}

func (l *listing) Templates(context.Context, *wa.Number) ([]wa.TemplateDefinition, *wa.Failure) {
	return l.all, l.failure
}

func catalogue(t *testing.T, s *store.Store) (*template.Catalogue, *listing) {
	l := &listing{}
	return template.New(template.Parts{Runner: s, Store: s.Templates(), Carrier: l, Journal: s.Journal()}), l
}

// workspace makes the workspace that the templates belong to.
func workspace(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Write(context.Background(), func(tx txn.Tx) error {
		_, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 1, Slug: "default", Name: "House", SessionHours: 24, CreatedAt: time.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var number = &wa.Number{ID: 5, WorkspaceID: 1, WABAID: "waba"}

func names(t *testing.T, c *template.Catalogue, f template.Filter) (out []string) {
	t.Helper()
	entries, _, err := c.List(context.Background(), 1, f)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Definition.Name+"/"+e.Definition.Language+"/"+e.Definition.Status)
	}
	return out
}

func TestSyncFollowsWhatsApp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace(t, s)
		c, l := catalogue(t, s)
		ctx := context.Background()
		if err := c.Seed(ctx, 1, "waba"); err != nil {
			t.Fatal(err)
		}
		if d, ok, err := c.Find(ctx, 1, "waba", "hello_world", "en_US"); err != nil || !ok || d.Status != "APPROVED" {
			t.Fatalf("got %+v, %v, %v; want hello_world at first start", d, ok, err)
		}
		def := func(name, language, status string) wa.TemplateDefinition {
			d := *define(body("Order " + name))
			d.Name, d.Language, d.Status = name, language, status
			return d
		}
		l.all = []wa.TemplateDefinition{def("order", "de", "APPROVED"), def("order", "pt_BR", "PENDING"), def("bye", "de", "REJECTED"), def("bye", "de", "REJECTED")}
		steps := []struct {
			what    string
			changed int
			want    []string
		}{
			{"first", 4, []string{"bye/de/REJECTED", "order/de/APPROVED", "order/pt_BR/PENDING"}},
			{"again", 0, []string{"bye/de/REJECTED", "order/de/APPROVED", "order/pt_BR/PENDING"}},
		}
		for _, step := range steps {
			changed, err := c.Sync(ctx, number)
			if err != nil || changed != step.changed {
				t.Errorf("%s: got %d changes, %v; want %d", step.what, changed, err, step.changed)
			}
			if got := names(t, c, template.Filter{}); !slices.Equal(got, step.want) {
				t.Errorf("%s: got %v, want %v", step.what, got, step.want)
			}
		}
		if got := names(t, c, template.Filter{Status: "deleted"}); !slices.Equal(got, []string{"hello_world/en_US/DELETED"}) {
			t.Errorf("got %v, want what WhatsApp no longer lists", got)
		}
		if _, ok, _ := c.Find(ctx, 1, "waba", "hello_world", "en_US"); ok {
			t.Error("a deleted template is found")
		}
		if got, _ := c.Languages(ctx, 1, "waba", "order"); !slices.Equal(got, []string{"de", "pt_BR"}) {
			t.Errorf("got languages %v", got)
		}
		for f, want := range map[template.Filter]int{{Language: "de"}: 2, {Query: "ORDER b"}: 1, {Query: "ord"}: 3, {WABAID: "other"}: 0, {Status: "approved"}: 1} {
			if got := names(t, c, f); len(got) != want {
				t.Errorf("%+v: got %v, want %d", f, got, want)
			}
		}
		l.failure = &wa.Failure{Class: wa.ClassToken}
		if _, err := c.Sync(ctx, number); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want unavailable", err)
		}
		if got := names(t, c, template.Filter{}); len(got) != 3 {
			t.Errorf("got %v, want the catalogue as it was", got)
		}
		if _, ok, _ := c.Find(ctx, 2, "waba", "order", "de"); ok {
			t.Error("another workspace sees the template")
		}
	})
}

func TestListPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace(t, s)
		c, l := catalogue(t, s)
		for _, name := range []string{"d", "b_1", "a", "b", "c"} {
			d := *define(body("x"))
			d.Name = name
			l.all = append(l.all, d)
		}
		if _, err := c.Sync(context.Background(), number); err != nil {
			t.Fatal(err)
		}
		var got []string
		f := template.Filter{Limit: 2}
		for {
			page, next, err := c.List(context.Background(), 1, f)
			if err != nil || len(page) > 2 {
				t.Fatalf("got %d, %v", len(page), err)
			}
			for _, e := range page {
				got = append(got, e.Definition.Name)
			}
			if f.After = next; next == "" {
				break
			}
		}
		if want := []string{"a", "b", "b_1", "c", "d"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		_, _, err := c.List(context.Background(), 1, template.Filter{After: "?"})
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != "cursor_unknown" {
			t.Errorf("got %v, want cursor_unknown", err)
		}
	})
}

func TestAWebhookChangesATemplate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace(t, s)
		c, l := catalogue(t, s)
		ctx := context.Background()
		d := *define(body("x"))
		d.MetaID, d.Status = "77", "PENDING"
		l.all = []wa.TemplateDefinition{d}
		if _, err := c.Sync(ctx, number); err != nil {
			t.Fatal(err)
		}
		if got := names(t, c, template.Filter{}); len(got) != 1 {
			t.Fatalf("got %v", got)
		}
		tell := func(ch template.Change) (unknown bool) {
			ch.WorkspaceID, ch.WABAID = 1, "waba"
			if err := s.Write(ctx, func(tx txn.Tx) (err error) { unknown, err = c.Changed(tx, ch); return err }); err != nil {
				t.Fatal(err)
			}
			c.Invalidate(1)
			return unknown
		}
		for _, step := range []struct {
			change  template.Change
			unknown bool
			want    wa.TemplateDefinition
		}{
			{template.Change{Name: "t", Language: "de", Status: "REJECTED", Reason: "INVALID_FORMAT"}, false, wa.TemplateDefinition{Status: "REJECTED", RejectedReason: "INVALID_FORMAT", Category: "UTILITY"}},
			{template.Change{Name: "t", Language: "de", Status: "APPROVED"}, false, wa.TemplateDefinition{Status: "APPROVED", Category: "UTILITY"}},
			{template.Change{MetaID: "77", Category: "marketing"}, false, wa.TemplateDefinition{Status: "APPROVED", Category: "MARKETING"}},
			{template.Change{MetaID: "77", Quality: "red"}, false, wa.TemplateDefinition{Status: "APPROVED", Category: "MARKETING", Quality: "RED"}},
			{template.Change{MetaID: "77", Status: "REINSTATED"}, false, wa.TemplateDefinition{Status: "APPROVED", Category: "MARKETING", Quality: "RED"}},
			{template.Change{Name: "t", Language: "fr", Status: "APPROVED"}, true, wa.TemplateDefinition{Status: "APPROVED", Category: "MARKETING", Quality: "RED"}},
		} {
			if got := tell(step.change); got != step.unknown {
				t.Errorf("%+v: got unknown %v, want %v", step.change, got, step.unknown)
			}
			got, ok, err := c.Find(ctx, 1, "waba", "t", "de")
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			got = wa.TemplateDefinition{Status: got.Status, RejectedReason: got.RejectedReason, Category: got.Category, Quality: got.Quality}
			if d := cmp.Diff(step.want, got); d != "" {
				t.Errorf("%+v: %s", step.change, d)
			}
		}
		if got := changes(t, s); got != 5 {
			t.Errorf("got %d facts, want the sync and four changes", got)
		}
	})
}

// changes counts the facts about templates. On PostgreSQL a fact is shown when
// no older transaction runs on the server, so it writes one of its own and
// waits for that.
func changes(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := s.Write(ctx, func(tx txn.Tx) error {
		return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: "test.mark"})
	})
	for shown := false; err == nil && !shown; {
		n = 0
		if err = ctx.Err(); err != nil {
			break
		}
		err = s.Read(ctx, func(tx txn.Tx) error {
			all, err := s.Journal().Next(tx, journal.Cursor{}, 100)
			for _, f := range all {
				shown = shown || f.Kind == "test.mark"
				if f.Kind == journal.TemplateChanged {
					n++
				}
			}
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What was read before a change is not kept after it.
func TestAChangeIsSeenAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace(t, s)
		now := time.Now()
		l := &listing{}
		c := template.New(template.Parts{Runner: s, Store: s.Templates(), Carrier: l, Journal: s.Journal(), Now: func() time.Time { return now }})
		other := template.New(template.Parts{Runner: s, Store: s.Templates(), Carrier: l, Journal: s.Journal()})
		if got := names(t, c, template.Filter{}); len(got) != 0 {
			t.Fatalf("got %v", got)
		}
		if err := other.Seed(context.Background(), 1, "waba"); err != nil { // another process
			t.Fatal(err)
		}
		if got := names(t, c, template.Filter{}); len(got) != 0 {
			t.Errorf("got %v from memory", got)
		}
		now = now.Add(2 * time.Minute)
		if got := names(t, c, template.Filter{}); len(got) != 1 {
			t.Errorf("got %v, want what the other process stored", got)
		}
	})
}
