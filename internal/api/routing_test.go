package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/routing"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// asPerson calls with the session of a new person of a tenant.
func (h *house) asPerson(n *tenant, name string, role account.Role) (account.Person, func(method, path, body string) reply) {
	h.t.Helper()
	p, err := h.accounts.CreatePerson(context.Background(), n.ws.ID, account.NewPerson{Name: name, Role: role})
	if err != nil {
		h.t.Fatal(err)
	}
	return p, h.asOwner(&tenant{ws: n.ws, owner: p})
}

func TestTeamsRoutingIsSetAndShown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		admin, agent, other := one.keys[account.Admin], one.keys[account.Agent], two.keys[account.Admin]
		ctx := context.Background()
		team, err := h.accounts.EnsureTeam(ctx, one.ws.ID, "repairs", "Repairs")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.accounts.EnsureTeam(ctx, one.ws.ID, "sales", "Sales"); err != nil {
			t.Fatal(err)
		}
		all := h.ok(h.call(agent, "GET", base+"/routing", ""), 200)
		if ids(all, "team") != "repairs sales" {
			t.Fatalf("got %s, want both teams", all.raw)
		}
		first := all.data()[0].(map[string]any)
		if first["mode"] != "manual" || first["capacity"] != 10.0 || first["time_zone"] != "UTC" || first["open_now"] != true || first["opens_at"] != nil ||
			fmt.Sprint(first["hours"], first["closed_days"], first["numbers"]) != "[] [] []" || first["team_id"] != team.ID.String() || first["name"] != "Repairs" {
			t.Errorf("got %v, want what holds when nothing was said", first)
		}
		pnid := string(one.number.PhoneNumberID)
		body := `{"mode":"round_robin","capacity":25,"time_zone":"Europe/Berlin","hours":[{"day":"tue","from":"09:00","to":"24:00"},{"day":"mon","from":"08:30","to":"12:00"}],
			"closed_days":["2026-12-26","2026-12-25","2026-12-25"],"numbers":["` + pnid + `"]}`
		put := h.ok(h.call(admin, "PUT", base+"/routing/repairs", body), 200)
		got := h.ok(h.call(agent, "GET", base+"/routing/"+team.ID.String(), ""), 200)
		if string(put.raw) == "" || got.text("mode") != "round_robin" || got.json["capacity"] != 25.0 || fmt.Sprint(got.json["closed_days"]) != "[2026-12-25 2026-12-26]" || fmt.Sprint(got.json["numbers"]) != "["+pnid+"]" {
			t.Errorf("got %s, want what was said", got.raw)
		}
		hours := got.json["hours"].([]any)
		if fmt.Sprint(hours[0]) != "map[day:mon from:08:30 to:12:00]" || fmt.Sprint(hours[1]) != "map[day:tue from:09:00 to:24:00]" {
			t.Errorf("got %v, want them from Monday", hours)
		}
		if open, at := got.json["open_now"].(bool), got.json["opens_at"]; open != (at == nil) {
			t.Errorf("got open_now %v and opens_at %v", open, at)
		}
		// Without numbers they stay; a number comes to one team.
		h.ok(h.call(admin, "PUT", base+"/routing/repairs", `{"mode":"least_busy"}`), 200)
		got = h.ok(h.call(agent, "GET", base+"/routing/repairs", ""), 200)
		if got.text("mode") != "least_busy" || got.json["capacity"] != 10.0 || len(got.json["hours"].([]any)) != 0 || fmt.Sprint(got.json["numbers"]) != "["+pnid+"]" {
			t.Errorf("got %s, want the number kept and the rest as it is when left out", got.raw)
		}
		h.want(h.call(admin, "DELETE", base+"/teams/"+team.ID.String(), ""), 409, "team_in_use")
		h.ok(h.call(admin, "PUT", base+"/routing/sales", `{"mode":"manual","numbers":["`+pnid+`"]}`), 200)
		if got = h.ok(h.call(agent, "GET", base+"/routing/repairs", ""), 200); len(got.json["numbers"].([]any)) != 0 {
			t.Errorf("got %s, want the number with the other team", got.raw)
		}

		for body, code := range map[string]string{
			`{"mode":"manual","time_zone":"Mars/Base"}`:                                   "invalid_routing",
			`{"mode":"manual","hours":[{"day":"mon","from":"22:00","to":"06:00"}]}`:       "invalid_routing",
			`{"mode":"manual","hours":[{"day":"mon","from":"9","to":"17:00"}]}`:           "invalid_routing",
			`{"mode":"manual","hours":[{"day":"monday","from":"09:00","to":"17:00"}]}`:    "invalid_request",
			`{"mode":"manual","closed_days":["25.12.2026"]}`:                              "invalid_routing",
			`{"mode":"manual","capacity":501}`:                                            "invalid_request",
			`{"mode":"often"}`:                                                            "invalid_request",
			`{}`:                                                                          "invalid_request",
			`{"mode":"manual","hours":[{"day":"mon","from":"09:00","to":"09:00"}],"x":1}`: "invalid_request",
		} {
			h.want(h.call(admin, "PUT", base+"/routing/repairs", body), 422, code)
		}
		h.want(h.call(admin, "PUT", base+"/routing/repairs", `{"mode":"manual","numbers":["`+string(two.number.PhoneNumberID)+`"]}`), 404, "number_unknown")
		h.want(h.call(agent, "PUT", base+"/routing/repairs", `{"mode":"manual"}`), 403, "forbidden")
		h.want(h.call(other, "GET", base+"/routing/repairs", ""), 404, "team_not_found")
		h.want(h.call(other, "PUT", base+"/routing/"+team.ID.String(), `{"mode":"manual"}`), 404, "team_not_found")
		told := 0
		for _, f := range storetest.Facts(t, h.store) {
			if f.Kind == routing.TeamRouting && f.WorkspaceID == one.ws.ID {
				told++
			}
		}
		if told != 3 {
			t.Errorf("told %d times, want once for each change", told)
		}
	})
}

func TestAgentsComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		ana, asAna := h.asPerson(one, "Ana", account.Agent)
		lead, asLead := h.asPerson(one, "Lea", account.Supervisor)
		mia, asMia := h.asPerson(one, "Mia", account.Marketer)
		all := h.ok(asAna("GET", "/agents", ""), 200)
		if len(all.data()) != 3 {
			t.Fatalf("got %s, want the owner, Ana and Lea: marketers take nothing", all.raw)
		}
		for _, e := range all.data() {
			if g := e.(map[string]any); g["available"] != true || g["changed_at"] != nil || g["capacity"] != nil {
				t.Errorf("got %v, want somebody of whom nothing was said to be there", g)
			}
		}
		away := h.ok(asAna("PUT", "/agents/me", `{"available":false}`), 200)
		at, err := time.Parse(time.RFC3339, away.text("changed_at"))
		if away.json["available"] != false || err != nil || time.Since(at) > time.Minute || away.json["person"].(map[string]any)["name"] != "Ana" || away.text("role") != "agent" {
			t.Errorf("got %s, want that Ana went now", away.raw)
		}
		h.want(asAna("PUT", "/agents/me", `{"capacity":50}`), 403, "forbidden")
		h.want(asAna("PUT", "/agents/"+lead.ID.String(), `{"available":false}`), 403, "forbidden")
		back := h.ok(asLead("PUT", "/agents/"+ana.ID.String(), `{"available":true,"capacity":3}`), 200)
		if back.json["available"] != true || back.json["capacity"] != 3.0 {
			t.Errorf("got %s, want Ana there, for three", back.raw)
		}
		if got := h.ok(asLead("PUT", "/agents/"+ana.ID.String(), `{"capacity":0}`), 200); got.json["capacity"] != nil || got.json["available"] != true {
			t.Errorf("got %s, want the team's capacity again", got.raw)
		}
		h.want(asLead("PUT", "/agents/"+ana.ID.String(), `{"capacity":501}`), 422, "invalid_request")
		h.want(asLead("PUT", "/agents/"+mia.ID.String(), `{"available":true}`), 409, "not_an_agent")
		h.want(asMia("PUT", "/agents/me", `{"available":true}`), 403, "forbidden")
		h.want(asLead("PUT", "/agents/nobody", `{"available":true}`), 404, "person_not_found")
		h.want(h.call(one.keys[account.Admin], "PUT", base+"/agents/me", `{"available":true}`), 409, "not_a_person")
		h.want(h.call(two.keys[account.Admin], "PUT", base+"/agents/"+ana.ID.String(), `{"available":false}`), 404, "person_not_found")
		h.ok(h.call(one.keys[account.Admin], "PUT", base+"/agents/"+ana.ID.String(), `{"available":false}`), 200)
		var actors []string
		for _, f := range storetest.Facts(t, h.store) {
			if f.Kind == routing.AgentChanged {
				if f.Detail != ana.ID.String() {
					t.Errorf("got %+v, want Ana", f)
				}
				actors = append(actors, f.ActorID.String())
			}
		}
		if want := []string{ana.ID.String(), lead.ID.String(), lead.ID.String(), ""}; fmt.Sprint(actors) != fmt.Sprint(want) {
			t.Errorf("got changes by %v, want %v", actors, want)
		}
		h.ok(asLead("POST", "/people/"+ana.ID.String()+"/deactivate", ""), 403)
		if _, err := h.accounts.Deactivate(context.Background(), account.Principal{WorkspaceID: one.ws.ID, PersonID: one.owner.ID, Role: account.Owner}, ana.ID); err != nil {
			t.Fatal(err)
		}
		if got := h.ok(asLead("GET", "/agents", ""), 200); len(got.data()) != 2 {
			t.Errorf("got %s, want the owner and Lea", got.raw)
		}
		h.want(asLead("PUT", "/agents/"+ana.ID.String(), `{"available":true}`), 409, "not_an_agent")
	})
}

// whoIsThere looks at the overview's columns about people, with a team of one
// who is there, one who is away, one who takes nothing, and one who is gone.
func (h *house) whoIsThere(n *tenant, team wa.TeamID) {
	t, ctx := h.t, context.Background()
	t.Helper()
	ana, _ := h.asPerson(n, "Ana", account.Agent)
	ben, asBen := h.asPerson(n, "Ben", account.Technician)
	mia, _ := h.asPerson(n, "Mia", account.Marketer)
	gone, asGone := h.asPerson(n, "Gil", account.Agent)
	idle, _ := h.asPerson(n, "Ida", account.Agent)
	owner := account.Principal{WorkspaceID: n.ws.ID, PersonID: n.owner.ID, Role: account.Owner}
	if _, err := h.accounts.SetMembers(ctx, owner, team, []wa.PersonID{ana.ID, ben.ID, mia.ID, gone.ID, idle.ID}); err != nil {
		t.Fatal(err)
	}
	me := h.asOwner(n)
	h.ok(asBen("PUT", "/agents/me", `{"available":false}`), 200)
	h.ok(me("PUT", "/agents/"+ana.ID.String(), `{"capacity":4}`), 200)
	h.write(n, "494515550199", "wamid.gone", "hi")
	h.ok(asGone("POST", "/queue/494515550199/assign", `{}`), 200)
	h.ok(asGone("POST", "/conversations/494515550199/snooze", `{"until_reply":true}`), 200)
	for _, p := range []wa.PersonID{gone.ID, idle.ID} {
		h.ok(me("POST", "/people/"+p.String()+"/deactivate", ""), 200)
	}
	h.ok(me("PUT", "/routing/repairs", `{"mode":"least_busy","time_zone":"Europe/Berlin","closed_days":`+today(t, "Europe/Berlin")+`}`), 200)

	o := h.ok(me("GET", "/queue/overview", ""), 200)
	repairs, none := o.json["teams"].([]any)[0].(map[string]any), o.json["teams"].([]any)[1].(map[string]any)
	if repairs["members"] != 2.0 || repairs["available"] != 1.0 || repairs["open_now"] != false {
		t.Errorf("got %v, want two of whom one is there, and the team closed", repairs)
	}
	if none["members"] != 0.0 || none["available"] != 0.0 || none["open_now"] != true {
		t.Errorf("got %v, want nobody, and no hours", none)
	}
	var shown []string
	for _, e := range o.json["agents"].([]any)[1:] { // behind the owner
		g := e.(map[string]any)
		shown = append(shown, fmt.Sprint(g["person"].(map[string]any)["name"], g["state"], g["available"], g["changed_at"] != nil, g["capacity"], g["teams"], g["snoozed"]))
	}
	want := []string{"Ana active true false 4 [repairs] 0", "Ben active false true <nil> [repairs] 0", "Mia active false false <nil> [repairs] 0", "Gil deactivated false false <nil> [] 1"}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], " ", "")
		if i >= len(shown) || strings.ReplaceAll(shown[i], " ", "") != want[i] {
			t.Errorf("got %v, want %v: who is gone is shown while they hold something", shown, want)
		}
	}
	if len(shown) != len(want) {
		t.Errorf("got %v, want %v", shown, want)
	}
}

// today are this day and the next, in JSON: midnight may come meanwhile.
func today(t testing.TB, zone string) string {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(l)
	return fmt.Sprintf("[%q,%q]", now.Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly))
}
