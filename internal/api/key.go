package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// KeyShape is an API key without its secret.
type KeyShape struct {
	KeyID      string   `json:"key_id"`
	Name       string   `json:"name"`
	Role       string   `json:"role" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
	Rights     []string `json:"rights" nullable:"false" doc:"What it may do: rights of the role, all or some."`
	Hint       string   `json:"hint" doc:"The last four characters, to recognise it."`
	CreatedAt  Stamp    `json:"created_at"`
	ExpiresAt  Stamp    `json:"expires_at" doc:"Null: never."`
	LastUsedAt Stamp    `json:"last_used_at" doc:"Exact to ten minutes; null: never."`
}

// NewKey is a key with its secret, which is shown this once.
type NewKey struct {
	KeyShape
	Key string `json:"key" doc:"The key itself. It is shown here and never again: Kontor keeps only its hash."`
}

type newKeyInput struct {
	Body struct {
		Name      string     `json:"name" minLength:"1" maxLength:"100" doc:"What the key is for; 1–100 characters." example:"shop"`
		Role      string     `json:"role,omitempty" enum:"owner,admin,supervisor,agent,technician,marketer,auditor" doc:"What it may do; default: agent. Only an owner makes owners."`
		Rights    []string   `json:"rights,omitempty" maxItems:"32" doc:"Which of the role's rights; default: all. Nobody gives what they have not."`
		ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"When it stops to open; default: never."`
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
		n := account.NewKey{Name: in.Body.Name, Role: account.Role(in.Body.Role), Rights: in.Body.Rights}
		if in.Body.ExpiresAt != nil {
			n.ExpiresAt = *in.Body.ExpiresAt
		}
		k, secret, err := a.accounts.MakeKey(ctx, principal(ctx), n)
		if err != nil {
			return nil, err
		}
		return answerWith(NewKey{KeyShape: showKey(k), Key: secret.Reveal()}), nil
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
		return nil, a.accounts.RevokeKey(ctx, principal(ctx).WorkspaceID, id, principal(ctx).PersonID)
	})
}

func showKey(k account.Key) KeyShape {
	shape := KeyShape{
		KeyID: k.ID.String(), Name: k.Name, Role: string(k.Role), Rights: []string{}, Hint: k.Hint,
		CreatedAt: Stamp(k.CreatedAt), ExpiresAt: Stamp(k.ExpiresAt), LastUsedAt: Stamp(k.LastUsedAt),
	}
	for _, r := range k.Scope.Rights(k.Role) {
		shape.Rights = append(shape.Rights, string(r))
	}
	return shape
}
