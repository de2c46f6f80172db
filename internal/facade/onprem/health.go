package onprem

import (
	"net/http"
	"runtime"
	"time"

	"kontor/internal/wa"
)

// gatewayStatus is how the old API calls the state of the connection
// (on-premises-api.md 5).
func (c *call) gatewayStatus() string {
	if c.number.State == wa.NumberStopped {
		return "disconnected"
	}
	if c.Ready(c.ctx(), c.number) != nil {
		return "connecting"
	}
	return "connected"
}

// health of one node: there is no cluster to show.
func (c *call) health() (*answer, error) {
	return tell("health", map[string]any{"gateway_status": c.gatewayStatus()}), nil
}

// support is what a report of a problem needs, with no secret, no number of a
// customer and no text (S4-8).
func (c *call) support() (*answer, error) {
	counts, err := c.Store.Counts(c.ctx(), c.facade.WorkspaceID, c.facade.NumberID)
	if err != nil {
		return nil, err
	}
	waiting, err := c.Callbacks.Waiting(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	settings, err := c.Premises.Application(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	without := []string{}
	for _, s := range settings.WithoutEffect() {
		without = append(without, s.Key)
	}
	socket := "UP"
	switch c.gatewayStatus() {
	case "connecting":
		socket = "UP receiving offline"
	case "disconnected":
		socket = "DN"
	}
	var served, failed int64
	rows, _ := c.figures.of(c.facade.NumberID)
	for _, row := range rows {
		served += row.count
		if row.status >= 500 {
			failed += row.count
		}
	}
	return tell("support", map[string]any{
		"context": "healthcheck", "description": "Kontor, in the place of the On-Premises client",
		"debug_info": masked(digitsOf(c.number.DisplayPhone)), "role": "primary_master", "multi_connect": false, "shards": [][]int{{-1, -1}, {0, 0}},
		"db_engine": c.Store.Engine(), "db_info": counts, "schema": map[string]any{},
		"socket_conn": socket, "gateway_status": c.gatewayStatus(), "device_iso8601": c.Now().UTC().Format(time.RFC3339),
		"os_name": runtime.GOOS, "os_version": runtime.GOARCH, "env": []string{}, "lc": "US", "lg": "en",
		"number": map[string]any{
			"phone_number_id": string(c.number.PhoneNumberID), "waba_id": string(c.number.WABAID), "provider": c.number.Provider, "api_version": c.number.APIVersion,
			"state": string(c.number.State), "state_reason": c.number.StateReason, "quality": c.number.Quality, "throughput": c.number.Throughput,
		},
		"callbacks":       map[string]any{"configured": settings.WebhookURL() != "", "waiting": waiting, "max_concurrent_requests": settings.Concurrency()},
		"without_effect":  without,
		"uptime_seconds":  int64(c.Now().Sub(c.started) / time.Second),
		"requests":        map[string]int64{"served": served, "failed": failed},
		"go_version":      runtime.Version(),
		"request_headers": headerNames(c.r.Header),
	}), nil
}

// masked keeps the ends of a number, enough to recognise it.
func masked(digits string) string {
	if len(digits) < 7 {
		return "registered"
	}
	return digits[:3] + "…" + digits[len(digits)-2:]
}

// headerNames tells through which proxies a request came, without their values.
func headerNames(h http.Header) []string {
	names := []string{}
	for _, name := range []string{"Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"} {
		if h.Get(name) != "" {
			names = append(names, name)
		}
	}
	return names
}
