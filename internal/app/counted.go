package app

import (
	"context"
	"io"

	"kontor/internal/provider"
	"kontor/internal/telemetry"
	"kontor/internal/wa"
)

// carriers sends each number's calls to its own carrier and counts them.
type carriers struct {
	list  provider.Carriers
	meter *telemetry.Meter
	// alias is told when WhatsApp calls a recipient by another number than the one written.
	alias func(ctx context.Context, ws wa.WorkspaceID, written, waID wa.Phone)
}

var _ provider.Carrier = carriers{}

// of is the number's carrier, or the failure that there is none such.
func (c carriers) of(n *wa.Number) (provider.Carrier, *wa.Failure) {
	carrier, ok := c.list.For(n)
	if !ok {
		return nil, &wa.Failure{Class: wa.ClassOperator, Problem: wa.Problem{Title: "Unknown provider", Details: "this version of Kontor has no provider " + n.Provider}}
	}
	return carrier, nil
}

func (c carriers) Send(ctx context.Context, n *wa.Number, m wa.Outgoing) (wa.Accepted, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return wa.Accepted{}, failure
	}
	a, failure := carrier.Send(ctx, n, m)
	c.meter.Sent(n.WorkspaceID, m.Content.Type, failure)
	if failure == nil && a.WaID != "" && m.To.Phone != "" && a.WaID != m.To.Phone {
		c.alias(context.WithoutCancel(ctx), n.WorkspaceID, m.To.Phone, a.WaID)
	}
	return a, failure
}

func (c carriers) MarkRead(ctx context.Context, n *wa.Number, id wa.Wamid, typing bool) *wa.Failure {
	carrier, failure := c.of(n)
	if failure == nil {
		failure = carrier.MarkRead(ctx, n, id, typing)
		c.meter.Called(n.WorkspaceID, "read", failure)
	}
	return failure
}

func (c carriers) Upload(ctx context.Context, n *wa.Number, file wa.Upload) (string, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return "", failure
	}
	id, failure := carrier.Upload(ctx, n, file)
	c.meter.Uploaded(n.WorkspaceID, failure)
	return id, failure
}

func (c carriers) Media(ctx context.Context, n *wa.Number, id string) (wa.RemoteMedia, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return wa.RemoteMedia{}, failure
	}
	m, failure := carrier.Media(ctx, n, id)
	c.meter.Called(n.WorkspaceID, "media", failure)
	return m, failure
}

func (c carriers) Download(ctx context.Context, n *wa.Number, media wa.RemoteMedia) (io.ReadCloser, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return nil, failure
	}
	r, failure := carrier.Download(ctx, n, media)
	c.meter.Called(n.WorkspaceID, "download", failure)
	return r, failure
}

func (c carriers) Templates(ctx context.Context, n *wa.Number) ([]wa.TemplateDefinition, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return nil, failure
	}
	t, failure := carrier.Templates(ctx, n)
	c.meter.Called(n.WorkspaceID, "templates", failure)
	return t, failure
}

func (c carriers) Fields(ctx context.Context, n *wa.Number) (wa.NumberFields, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return wa.NumberFields{}, failure
	}
	f, failure := carrier.Fields(ctx, n)
	c.meter.Called(n.WorkspaceID, "fields", failure)
	return f, failure
}

func (c carriers) Profile(ctx context.Context, n *wa.Number) (wa.Profile, *wa.Failure) {
	carrier, failure := c.of(n)
	if failure != nil {
		return wa.Profile{}, failure
	}
	p, failure := carrier.Profile(ctx, n)
	c.meter.Called(n.WorkspaceID, "profile", failure)
	return p, failure
}

func (c carriers) SetProfile(ctx context.Context, n *wa.Number, p wa.Profile) *wa.Failure {
	carrier, failure := c.of(n)
	if failure == nil {
		failure = carrier.SetProfile(ctx, n, p)
		c.meter.Called(n.WorkspaceID, "profile", failure)
	}
	return failure
}

func (c carriers) Subscribe(ctx context.Context, n *wa.Number, callbackURL string, verifyToken wa.Secret) *wa.Failure {
	carrier, failure := c.of(n)
	if failure == nil {
		failure = carrier.Subscribe(ctx, n, callbackURL, verifyToken)
		c.meter.Called(n.WorkspaceID, "subscribe", failure)
	}
	return failure
}
