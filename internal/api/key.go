package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// KeyShape is an API key without its secret.
type KeyShape struct {
	KeyID     string `json:"key_id"`
	Name      string `json:"name"`
	Role      string `json:"role" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
	Hint      string `json:"hint" doc:"The last four characters, to recognise it."`
	CreatedAt Stamp  `json:"created_at"`
}

// NewKey is a key with its secret, which is shown this once.
type NewKey struct {
	KeyID string `json:"key_id"`
	Key   string `json:"key" doc:"The key itself. It is shown here and never again: Kontor keeps only its hash."`
	Name  string `json:"name"`
	Role  string `json:"role"`
	Hint  string `json:"hint"`
}

type newKeyInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" doc:"What the key is for; 1–100 characters." example:"shop"`
		Role string `json:"role,omitempty" enum:"owner,admin,supervisor,agent,technician,marketer,auditor" doc:"What it may do; default: agent. Only an owner makes owners."`
	}
}

type keyInput struct {
	ID string `path:"id" maxLength:"64" doc:"key_…"`
}

func (a *API) keys() {
	handle(a, route{
		method: http.MethodPost, path: "/keys", id: "create-key", tag: "API keys", right: account.ManageKeys, status: http.StatusCreated,
		summary: "Make an API key", example: map[string]any{"name": "shop", "role": "agent"},
	}, func(ctx context.Context, in *newKeyInput) (*body[NewKey], error) {
		k, secret, err := a.accounts.CreateKey(ctx, principal(ctx), in.Body.Name, account.Role(in.Body.Role))
		if err != nil {
			return nil, err
		}
		return answerWith(NewKey{KeyID: k.ID.String(), Key: secret.Reveal(), Name: k.Name, Role: string(k.Role), Hint: k.Hint}), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/keys", id: "list-keys", tag: "API keys", right: account.ManageKeys,
		summary: "List API keys", text: "Those that open, without their secrets.",
	}, func(ctx context.Context, _ *none) (*body[List[KeyShape]], error) {
		keys, err := a.accounts.Keys(ctx, principal(ctx).WorkspaceID)
		if err != nil {
			return nil, err
		}
		return answerWith(page(keys, len(keys), showKey, nil)), nil
	})
	handle(a, route{
		method: http.MethodDelete, path: "/keys/{id}", id: "revoke-key", tag: "API keys", right: account.ManageKeys, status: http.StatusNoContent,
		summary: "Revoke an API key", text: "It opens no more: at once on this node, within five seconds on others.",
	}, func(ctx context.Context, in *keyInput) (*struct{}, error) {
		id, err := wa.ParseKeyID(in.ID)
		if err != nil {
			return nil, fault.New(fault.NotFound, "key_not_found", "There is no such key in this workspace.", "List the keys with GET keys.")
		}
		return nil, a.accounts.RevokeKey(ctx, principal(ctx).WorkspaceID, id)
	})
}

func showKey(k account.Key) KeyShape {
	return KeyShape{KeyID: k.ID.String(), Name: k.Name, Role: string(k.Role), Hint: k.Hint, CreatedAt: Stamp(k.CreatedAt)}
}
