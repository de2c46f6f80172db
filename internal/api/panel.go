package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/order"
	"kontor/internal/panel"
	"kontor/internal/wa"
)

// Panels keeps the tokens by which an order's messages are shown in other
// systems' pages; *panel.Panels fulfils it.
type Panels interface {
	Issue(ctx context.Context, t panel.Token, life time.Duration) (panel.Token, wa.Secret, error)
	Verify(ctx context.Context, token, origin string) (panel.Stored, error)
	Frame(ctx context.Context, id wa.PanelTokenID) (origin string, err error)
	End(ctx context.Context, ws wa.WorkspaceID, id wa.PanelTokenID) error
	Origins(ctx context.Context, ws wa.WorkspaceID) ([]string, error)
	SetOrigins(ctx context.Context, ws wa.WorkspaceID, origins []string) ([]string, error)
}

// panelOrigin names the page around the frame, as the browser told the frame.
const panelOrigin = "X-Kontor-Panel-Origin"

var (
	errPanelOnly  = fault.New(fault.Forbidden, "panel_only", "A panel's token opens the panel of its order and nothing else; nothing was done.", "Use an API key for other calls.")
	errPanelNone  = fault.New(fault.Unauthorized, "panel_token_needed", "This call is for panels in other systems' pages and needs their token; nothing was done.", "Make one with POST panel-tokens; with an API key, use the calls of orders.")
	errPanelReads = fault.New(fault.Forbidden, "panel_reads_only", "This panel may read, and not send; nothing was sent.", "Have your server make a token with the right send, for somebody who may.")
)

// grant is the principal of a panel: not somebody who may do things, but one
// order and what may be done with it. The request's account.Principal has no
// role then, and so no right to anything else.
type grant struct {
	token panel.Stored
	scope order.Scope
	order *order.Order // as it was when the request came
	send  bool
}

// panelAuth lets in who has a panel's token, for its order alone. Cookies and
// keys count for nothing here.
func (a *API) panelAuth(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret, ok := bearer(r.Header.Get("Authorization"))
		if !ok || !strings.HasPrefix(secret, panel.Prefix) {
			a.refuse(w, r, errPanelNone)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && !ownOrigin(r, origin) {
			a.refuse(w, r, panel.ErrOrigin) // a page that calls by itself, without the frame
			return
		}
		req := requestOf(r.Context())
		g, err := a.openPanel(r.Context(), secret, r.Header.Get(panelOrigin))
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		req.panel, req.secret = g, secret
		req.principal = account.Principal{WorkspaceID: g.token.WorkspaceID, PersonID: g.token.PersonID, KeyID: g.token.KeyID}
		a.metrics.called(g.token.WorkspaceID)
		next.ServeHTTP(w, r)
	})
}

// openPanel is what a token allows at this moment: the role of whom it names,
// and whether the order is theirs, may have changed since it was made.
func (a *API) openPanel(ctx context.Context, secret, origin string) (*grant, error) {
	t, err := a.Panels.Verify(ctx, secret, origin)
	if err != nil {
		return nil, err
	}
	role := account.Role(t.Role())
	if !role.May(account.Read) {
		return nil, panel.ErrToken
	}
	g := &grant{token: t, send: t.Send && role.May(account.Send) && account.Role(t.KeyRole).May(account.Send)}
	by := account.Principal{WorkspaceID: t.WorkspaceID, PersonID: t.PersonID, KeyID: t.KeyID}
	g.scope = panelScope(by, role, account.Role(t.KeyRole))
	if g.order, err = a.Orders.ByID(ctx, t.WorkspaceID, t.OrderID); err != nil {
		return nil, err
	}
	if g.order == nil || !g.scope.Sees(g.order) {
		return nil, fault.New(fault.NotFound, "order_unknown", "There is no such order for this panel; nothing was done.", "Make a token for an order that the person may see.")
	}
	return g, nil
}

// panelScope is how far a panel sees, which speaks for a key in somebody's name:
// no further than either of them.
func panelScope(by account.Principal, person, key account.Role) order.Scope {
	return order.Scope{WorkspaceID: by.WorkspaceID, Author: by.Author(), Own: person == account.Technician || key == account.Technician}
}

// panelOf is the grant of a request that panelAuth let in.
func panelOf(ctx context.Context) *grant { return requestOf(ctx).panel }

// NewPanelToken is a panel's token, which is shown this once.
type NewPanelToken struct {
	TokenID   string   `json:"token_id" doc:"Names the token without opening anything: pnl_…" example:"pnl_0d5k7v2q8c1a0"`
	Token     string   `json:"token" doc:"The token itself: hand it to the page, for the panel's attribute token. Kontor keeps only its hash."`
	Order     string   `json:"order" doc:"The shop's own id of the order." example:"R-2402"`
	Rights    []string `json:"rights" nullable:"false" enum:"read,send" doc:"What it allows."`
	Origin    string   `json:"origin" doc:"Whose pages may show it, as browsers write it."`
	ExpiresAt Stamp    `json:"expires_at" doc:"When it ends."`
	Script    string   `json:"script" doc:"Path of the script that defines kontor-panel, below Kontor's address; it may be cached for ever, since it changes with the version." example:"/embed/embed.js?v=1f0e2d3c"`
}

// PanelOrigins are the web origins that may show panels.
type PanelOrigins struct {
	Origins []string `json:"origins" maxItems:"50" nullable:"false" doc:"As browsers write them: https://erp.shop.example, with a port if it has one; no wildcards."`
}

type panelTokenInput struct {
	Body struct {
		Order     string         `json:"order" minLength:"1" maxLength:"64" doc:"The shop's own id of the order." example:"R-2402"`
		Person    *TechnicianRef `json:"person,omitempty" doc:"In whose name: messages are theirs, and a technician must have the order. Without it the key itself speaks."`
		Rights    []string       `json:"rights,omitempty" enum:"read,send" maxItems:"2" doc:"What it may do; default: read and send, as far as key and person may."`
		Origin    string         `json:"origin" minLength:"1" maxLength:"300" doc:"Whose page will show it; one of GET panel-origins." example:"https://erp.shop.example"`
		ExpiresIn int            `json:"expires_in,omitempty" minimum:"5" maximum:"86400" doc:"For how many seconds; default: 900, 15 minutes. The panel asks its page for a new one when it ends."`
	}
}

type panelTokenRef struct {
	ID string `path:"id" maxLength:"64" doc:"pnl_…"`
}

func (a *API) panelTokens() {
	const tag = "Panels"
	handle(a, route{
		method: http.MethodPost, path: "/panel-tokens", id: "create-panel-token", tag: tag, right: account.Read, status: http.StatusCreated,
		summary: "Make a token for an order's panel", text: "For your server, with an API key: people in your system then see the order's messages in your page and answer them, see docs/panel.md. The token opens this one order, for pages of this one origin, until it expires, it is ended, the key is revoked or the origin is taken from the list.",
		example: map[string]any{"order": "R-2402", "person": map[string]any{"email": "tom@shop.example"}, "rights": []string{"read", "send"}, "origin": "https://erp.shop.example"},
	}, a.createPanelToken)
	handle(a, route{
		method: http.MethodDelete, path: "/panel-tokens/{id}", id: "end-panel-token", tag: tag, right: account.Send, status: http.StatusNoContent,
		summary: "End a panel's token", text: "It opens nothing more, at once: for when somebody signs out of your system. Doing it again changes nothing.",
	}, func(ctx context.Context, in *panelTokenRef) (*struct{}, error) {
		id, err := wa.ParsePanelTokenID(in.ID)
		if err != nil {
			return nil, fault.New(fault.NotFound, "panel_token_unknown", "There is no such panel token in this workspace; nothing was ended.", "Take token_id from the answer of POST panel-tokens.")
		}
		return nil, a.Panels.End(ctx, principal(ctx).WorkspaceID, id)
	})
	handle(a, route{
		method: http.MethodGet, path: "/panel-origins", id: "get-panel-origins", tag: tag, right: account.Read,
		summary: "See whose pages may show panels",
	}, func(ctx context.Context, _ *none) (*body[PanelOrigins], error) {
		origins, err := a.Panels.Origins(ctx, principal(ctx).WorkspaceID)
		if err != nil {
			return nil, err
		}
		return answerWith(PanelOrigins{origins}), nil
	})
	handle(a, route{
		method: http.MethodPut, path: "/panel-origins", id: "put-panel-origins", tag: tag, right: account.ManageWorkspace,
		summary: "Set whose pages may show panels", text: "The whole list. Tokens of an origin that goes open nothing from then on.",
		example: map[string]any{"origins": []string{"https://erp.shop.example"}},
	}, func(ctx context.Context, in *struct{ Body PanelOrigins }) (*body[PanelOrigins], error) {
		origins, err := a.Panels.SetOrigins(ctx, principal(ctx).WorkspaceID, in.Body.Origins)
		if err != nil {
			return nil, err
		}
		return answerWith(PanelOrigins{origins}), nil
	})
}

func (a *API) createPanelToken(ctx context.Context, in *panelTokenInput) (*body[NewPanelToken], error) {
	p, b := principal(ctx), &in.Body
	if p.KeyID == 0 {
		return nil, fault.New(fault.Forbidden, "panel_key_needed", "Tokens for panels are made with an API key; no token was made.", "Call from your server with a key, so that revoking the key ends its tokens.")
	}
	role, t := p.Role, panel.Token{WorkspaceID: p.WorkspaceID, KeyID: p.KeyID, Origin: b.Origin}
	if b.Person != nil {
		person, err := a.personOf(ctx, *b.Person)
		if err != nil {
			return nil, err
		}
		if !person.DeactivatedAt.IsZero() {
			return nil, fault.Wrong("person_unknown", fault.Field{Name: "person", Detail: "is deactivated, and nothing lets them in."})
		}
		t.PersonID, role = person.ID, person.Role
	}
	wants := map[string]bool{}
	for _, right := range b.Rights {
		wants[right] = true
	}
	may := role.May(account.Send) && p.Can(account.Send)
	t.Send = may && (len(b.Rights) == 0 || wants["send"])
	if wants["send"] && !may {
		return nil, fault.New(fault.Forbidden, "panel_may_not_send", "The key or the person may not send; no token was made.", "Ask for the right read alone, or use a key and a person that may send.")
	}
	by := account.Principal{WorkspaceID: p.WorkspaceID, PersonID: t.PersonID, KeyID: p.KeyID}
	o, err := a.Orders.Get(ctx, panelScope(by, role, p.Role), b.Order)
	if err != nil {
		return nil, err
	}
	t.OrderID = o.ID
	made, secret, err := a.Panels.Issue(ctx, t, time.Duration(b.ExpiresIn)*time.Second)
	if err != nil {
		return nil, err
	}
	return answerWith(NewPanelToken{
		TokenID: made.ID.String(), Token: secret.Reveal(), Order: o.Ref, Rights: panelRights(made.Send), Origin: made.Origin,
		ExpiresAt: Stamp(made.ExpiresAt), Script: a.embedScript(),
	}), nil
}

func panelRights(send bool) []string {
	if send {
		return []string{"read", "send"}
	}
	return []string{"read"}
}

// personOf finds somebody of the house by exactly one of id, address and name.
func (a *API) personOf(ctx context.Context, ref TechnicianRef) (found account.Person, err error) {
	c, err := technicianOf(ref)
	if err != nil {
		return found, inField("person", err)
	}
	people, err := a.accounts.People(ctx, principal(ctx).WorkspaceID)
	if err != nil {
		return found, err
	}
	n := 0
	for _, p := range people {
		if c.ID != 0 && p.ID == c.ID || c.Email != "" && strings.EqualFold(p.Email, c.Email) || c.Name != "" && strings.EqualFold(p.Name, c.Name) {
			found = p
			n++
		}
	}
	switch n {
	case 1:
		return found, nil
	case 0:
		return found, fault.Wrong("person_unknown", fault.Field{Name: "person", Detail: "is nobody of this workspace; list them with GET people."})
	}
	return found, fault.Wrong("person_ambiguous", fault.Field{Name: "person", Detail: "could be several people: name one by person_id."})
}

// inField names the member of this call for a fault of another one's.
func inField(name string, err error) error {
	f := fault.As(err)
	if len(f.Fields) == 0 {
		return err
	}
	return fault.Wrong(f.Code, fault.Field{Name: name, Detail: f.Fields[0].Detail})
}
