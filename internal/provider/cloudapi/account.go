package cloudapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

const (
	pageSize = "100"
	// maxPages is far above the 6 000 templates that an account may have.
	maxPages = 500
	// codeCursor is 131059: the list changed under our cursor; start anew.
	codeCursor = 131059
)

// Templates reads the catalogue of the number's account (cloud-api.md 5.1).
func (c *Client) Templates(ctx context.Context, n *wa.Number) ([]wa.TemplateDefinition, *wa.Failure) {
	all, failure := c.allPages(ctx, n)
	if failure != nil && failure.Problem.Code == codeCursor {
		return c.allPages(ctx, n)
	}
	return all, failure
}

func (c *Client) allPages(ctx context.Context, n *wa.Number) ([]wa.TemplateDefinition, *wa.Failure) {
	all := []wa.TemplateDefinition{}
	query := url.Values{"fields": {meta.TemplateFields}, "limit": {pageSize}}
	for range maxPages {
		body, failure := c.call(ctx, n, request{method: http.MethodGet, path: accountPath(n) + "/message_templates", query: query, limit: pageLimit})
		if failure != nil {
			return nil, failure
		}
		page, next, err := meta.ParseTemplates(body)
		if err != nil {
			return nil, unreadable(http.StatusOK, err, false)
		}
		all = append(all, page...)
		if next == "" {
			return all, nil
		}
		query.Set("after", next)
	}
	return nil, unreadable(http.StatusOK, fmt.Errorf("the list of templates does not end after %d pages", maxPages), false)
}

// Fields reads the number's fields (cloud-api.md 6.2).
func (c *Client) Fields(ctx context.Context, n *wa.Number) (wa.NumberFields, *wa.Failure) {
	body, failure := c.call(ctx, n, request{method: http.MethodGet, path: numberPath(n), query: url.Values{"fields": {meta.NumberFields}}})
	if failure != nil {
		return wa.NumberFields{}, failure
	}
	fields, err := meta.ParseNumber(body, c.now())
	if err != nil {
		return wa.NumberFields{}, unreadable(http.StatusOK, err, false)
	}
	fields.PortfolioID = c.owner(ctx, n)
	return fields, nil
}

// owner is the portfolio that owns the number's account (cloud-api.md 6.4). Not
// every token may read it; then nothing is known. The BUSINESS entity of a
// number's health_status is not asked: a partner's portfolio may stand there,
// which would count the messages of all its customers together.
func (c *Client) owner(ctx context.Context, n *wa.Number) string {
	if n.WABAID == "" {
		return ""
	}
	body, failure := c.call(ctx, n, request{method: http.MethodGet, path: accountPath(n), query: url.Values{"fields": {meta.OwnerFields}}})
	if failure != nil {
		return ""
	}
	return meta.ParseOwner(body)
}

// Profile reads the business profile (cloud-api.md 6.6).
func (c *Client) Profile(ctx context.Context, n *wa.Number) (wa.Profile, *wa.Failure) {
	body, failure := c.call(ctx, n, request{method: http.MethodGet, path: profilePath(n), query: url.Values{"fields": {meta.ProfileFields}}})
	if failure != nil {
		return wa.Profile{}, failure
	}
	profile, err := meta.ParseProfile(body)
	if err != nil {
		return wa.Profile{}, unreadable(http.StatusOK, err, false)
	}
	return profile, nil
}

// SetProfile writes the business profile (cloud-api.md 6.6).
func (c *Client) SetProfile(ctx context.Context, n *wa.Number, p wa.Profile) *wa.Failure {
	body, err := meta.Profile(p)
	if err != nil {
		return &wa.Failure{Class: wa.ClassNever, Cause: err}
	}
	return c.write(ctx, n, profilePath(n), body)
}

// Subscribe overrides the account's callback (cloud-api.md 2.1, 6.5).
func (c *Client) Subscribe(ctx context.Context, n *wa.Number, callbackURL string, verifyToken wa.Secret) *wa.Failure {
	body, err := meta.Subscribe(callbackURL, verifyToken)
	if err != nil {
		return &wa.Failure{Class: wa.ClassNever, Cause: err}
	}
	return c.write(ctx, n, accountPath(n)+"/subscribed_apps", body)
}

func profilePath(n *wa.Number) string { return numberPath(n) + "/whatsapp_business_profile" }
