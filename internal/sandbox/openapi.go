package sandbox

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"
)

// schemas are the components of the OpenAPI document.
//
//go:embed schemas.json
var schemas []byte

// getOpenAPI describes the control API as OpenAPI 3.1, made of the routes themselves.
func (s *Sandbox) getOpenAPI(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, openAPI(append(s.routes(), s.setupRoutes()...)))
}

func openAPI(routes []controlRoute) map[string]any {
	paths := map[string]map[string]any{}
	for _, r := range routes {
		if paths[r.path] == nil {
			paths[r.path] = map[string]any{}
		}
		paths[r.path][strings.ToLower(r.method)] = r.describe()
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "Kontor sandbox: control API", "version": "1",
			"description": "Moves the phones, the clock and the faults of a sandbox that plays Meta's part. No authentication; loopback only.",
		},
		"paths":      paths,
		"components": map[string]any{"schemas": json.RawMessage(schemas)},
	}
}

func (r controlRoute) describe() map[string]any {
	var params []any
	for _, segment := range strings.Split(r.path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			params = append(params, map[string]any{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
		}
	}
	for _, name := range r.query {
		params = append(params, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": "string"}})
	}
	success := map[string]any{"description": "Done"}
	if r.answer != "" {
		success["content"] = jsonContent(r.answer)
	}
	op := map[string]any{
		"summary": r.summary,
		"responses": map[string]any{
			"200":     success,
			"default": map[string]any{"description": "Refused", "content": map[string]any{"application/problem+json": map[string]any{"schema": ref("Problem")}}},
		},
	}
	if params != nil {
		op["parameters"] = params
	}
	if r.body != "" {
		op["requestBody"] = map[string]any{"content": jsonContent(r.body)}
	}
	return op
}

func jsonContent(schema string) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": ref(schema)}}
}

func ref(schema string) map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + schema}
}
