package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
)

// route declares one call. Its texts are the documentation: there is no other.
type route struct {
	method  string
	path    string // below Base
	id      string // operationId, for generated clients
	tag     string
	summary string
	text    string
	right   account.Right // empty: whoever is signed in
	open    bool          // for those who are not in yet: no key, no session
	status  int           // of success; 0: 200
	example any           // of the request's body
}

// handle registers a call with huma, which reads parameters and body by the
// struct I, writes the struct O, and documents both.
func handle[I, O any](a *API, r route, f func(ctx context.Context, in *I) (*O, error)) {
	op := r.operation()
	on := a.huma
	if r.open {
		on = a.doors
	}
	if r.right != "" {
		op.Middlewares = huma.Middlewares{a.lets(r.right)}
	}
	huma.Register(on, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return out, nil
	})
	if r.example == nil {
		return
	}
	documented := a.huma.OpenAPI().Paths[op.Path]
	if o := operationOf(documented, r.method); o != nil && o.RequestBody != nil {
		for _, m := range o.RequestBody.Content {
			m.Example = r.example
		}
	}
}

// lets refuses who lacks a right before anything of the request is read.
func (a *API) lets(right account.Right) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := mayNot(principal(ctx.Context()), right); err != nil {
			r, w := humachi.Unwrap(ctx)
			a.refuse(w, r, err)
			return
		}
		next(ctx)
	}
}

func (r route) operation() huma.Operation {
	op := huma.Operation{
		Method: r.method, Path: Base + r.path, OperationID: r.id, Tags: []string{r.tag},
		Summary: r.summary, Description: r.description(), DefaultStatus: r.status,
		MaxBodyBytes: maxBody + 1, BodyReadTimeout: -1, // bodies has taken the body in already
		RejectUnknownQueryParameters: true,
	}
	if r.open {
		op.Security = []map[string][]string{{}}
	}
	if r.right != "" {
		op.Extensions = map[string]any{"x-kontor-right": r.right}
	}
	return op
}

func (r route) description() string {
	text := r.text
	if r.right != "" {
		text = strings.TrimSpace(text + "\n\nNeeds the right `" + string(r.right) + "`.")
	}
	return text
}

func operationOf(p *huma.PathItem, method string) *huma.Operation {
	if p == nil {
		return nil
	}
	switch method {
	case http.MethodGet:
		return p.Get
	case http.MethodHead:
		return p.Head
	case http.MethodPost:
		return p.Post
	case http.MethodPut:
		return p.Put
	case http.MethodPatch:
		return p.Patch
	case http.MethodDelete:
		return p.Delete
	}
	return nil
}

func newChiHuma(r chi.Router, c huma.Config) huma.API { return humachi.New(r, c) }

var (
	errorModel  = reflect.TypeFor[huma.ErrorModel]()
	problemType = reflect.TypeFor[Problem]()
)

// schemaName keeps the API's shapes apart from the words of package wa, which
// has a Message and a Template too.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/internal/wa") {
		return "Wa" + name
	}
	return name
}

// body is an answer with a body and nothing else.
type body[T any] struct{ Body T }

func answerWith[T any](v T) *body[T] { return &body[T]{v} }

// none is an input without anything to read.
type none struct{}

// add documents a call that is not huma's to serve.
func (a *API) add(op huma.Operation) {
	op.Responses["default"] = &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: a.huma.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")},
	}}
	a.huma.OpenAPI().AddOperation(&op)
}

func jsonAnswer[T any](r huma.Registry, text string) *huma.Response {
	return &huma.Response{Description: text, Content: map[string]*huma.MediaType{
		"application/json": {Schema: r.Schema(reflect.TypeFor[T](), true, "")},
	}}
}

var factType = reflect.TypeFor[Fact]()
