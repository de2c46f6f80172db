package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/template"
	"kontor/internal/wa"
)

type templatesInput struct {
	Paging
	Status   string `query:"status" maxLength:"40" doc:"Only of this status: APPROVED, PENDING, REJECTED, PAUSED, …"`
	Language string `query:"language" maxLength:"15" doc:"Only of exactly this language, as en_US."`
	Q        string `query:"q" maxLength:"200" doc:"Only those whose name or text contains this."`
}

// TemplateShape is a template with the variables that it asks for.
type TemplateShape struct {
	TemplateID      string                   `json:"template_id"`
	Name            string                   `json:"name" example:"order_ready"`
	Language        string                   `json:"language" example:"en_US"`
	Category        string                   `json:"category" doc:"MARKETING, UTILITY or AUTHENTICATION."`
	Status          string                   `json:"status" doc:"Only APPROVED can be sent."`
	Quality         string                   `json:"quality" doc:"GREEN, YELLOW, RED, or empty when WhatsApp has not said."`
	WABAID          string                   `json:"waba_id" doc:"The WhatsApp Business Account that it belongs to."`
	Components      []wa.DefinitionComponent `json:"components" nullable:"false" doc:"The parts as approved, in Meta's names (cloud-api.md 5.3)."`
	ParameterFormat string                   `json:"parameter_format" doc:"POSITIONAL or NAMED."`
	Variables       []VariableShape          `json:"variables" nullable:"false" doc:"What must be given when it is sent, in order."`
}

// VariableShape is one value that a template asks for.
type VariableShape struct {
	Component string  `json:"component" doc:"header, body, button, limited_time_offer."`
	Index     int     `json:"index" doc:"Position among its kind, from 0; for buttons the button's."`
	Name      *string `json:"name" doc:"Name of a named variable."`
	Kind      string  `json:"kind" doc:"text, image, video, document, location, payload, url, copy_code, …"`
	Example   string  `json:"example" doc:"The example that was approved."`
	Card      *int    `json:"card" doc:"Which card of a carousel, from 0; null: none."`
	Required  bool    `json:"required" doc:"Whether it must be given: a quick reply's payload has a default."`
}

func (a *API) templates() {
	handle(a, route{
		method: http.MethodGet, path: "/templates", id: "list-templates", tag: "Templates", right: account.Read,
		summary: "List templates", text: "The catalogue as it was last read from WhatsApp.",
	}, func(ctx context.Context, in *templatesInput) (*body[List[TemplateShape]], error) {
		found, next, err := a.Templates.List(ctx, principal(ctx).WorkspaceID, template.Filter{
			Status: in.Status, Language: in.Language, Query: in.Q, After: in.Cursor, Limit: in.Limit,
		})
		if err != nil {
			return nil, err
		}
		out := page(found, len(found), showTemplate, nil)
		out.NextCursor = opt(next)
		return answerWith(out), nil
	})
	handle(a, route{
		method: http.MethodPost, path: "/templates/sync", id: "sync-templates", tag: "Templates", right: account.ManageNumbers, status: http.StatusAccepted,
		summary: "Read the catalogue anew", text: "Reads all templates from WhatsApp in the background; the live stream tells what changed.",
	}, func(ctx context.Context, _ *none) (*body[Success], error) {
		if err := a.SyncTemplates(ctx, principal(ctx).WorkspaceID); err != nil {
			return nil, err
		}
		return answerWith(Success{true}), nil
	})
}

func showTemplate(t template.Entry) TemplateShape {
	d := t.Definition
	variables := template.Variables(&d)
	out := TemplateShape{
		TemplateID: t.ID.String(), Name: d.Name, Language: d.Language, Category: d.Category, Status: d.Status, Quality: d.Quality,
		WABAID: string(t.WABAID), Components: d.Components, ParameterFormat: d.ParameterFormat, Variables: make([]VariableShape, len(variables)),
	}
	if out.Components == nil {
		out.Components = []wa.DefinitionComponent{}
	}
	for i, v := range variables {
		out.Variables[i] = VariableShape{Component: v.Component, Index: v.Index, Name: opt(v.Name), Kind: v.Kind, Example: v.Example, Required: v.Required}
		if v.Card >= 0 {
			out.Variables[i].Card = &v.Card
		}
	}
	return out
}
