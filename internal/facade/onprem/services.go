package onprem

import "net/http"

// Garbage collection (on-premises-api.md 3.4): Kontor's own retention removes
// what is old, once a day and when a client asks; a callback tells when it has
// ended, so one must be possible.

func (c *call) collectMessages() (*answer, error) { return c.collect("message") }
func (c *call) collectMedia() (*answer, error)    { return c.collect("media") }

func (c *call) collect(what string) (*answer, error) {
	settings, err := c.Premises.Application(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	if settings.WebhookURL() == "" {
		return nil, refuse(1022, "The end of it is told by a callback: set webhooks.url first.")
	}
	c.note("gc")
	if err := c.Collect(c.ctx(), c.facade, what); err != nil {
		return nil, err
	}
	status := map[string]any{"status": "processing"}
	return &answer{status: http.StatusOK, body: map[string]any{"services": map[string]any{what: map[string]any{"gc": status}}}}, nil
}
