package onprem

import "net/http"

// Garbage collection (on-premises-api.md 3.4): Kontor's own retention removes
// what is old, once a day; a client that asks is told that it goes on.

func (c *call) collectMessages() (*answer, error) { return c.collect("message") }
func (c *call) collectMedia() (*answer, error)    { return c.collect("media") }

func (c *call) collect(what string) (*answer, error) {
	c.note("gc")
	status := map[string]any{"status": "processing"}
	return &answer{status: http.StatusOK, body: map[string]any{"services": map[string]any{what: map[string]any{"gc": status}}}}, nil
}
