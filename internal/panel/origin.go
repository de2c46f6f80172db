package panel

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// MaxOrigins is how many origins a workspace may list.
const MaxOrigins = 50

// hostForm is what may stand in a header as it is: nothing that ends a directive.
var hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// ParseOrigin reads a web origin and writes it as browsers do (RFC 6454): scheme
// and host in lower case, no port that the scheme implies. problem says why not.
func ParseOrigin(text string) (origin, problem string) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Opaque != "" {
		return "", "is no origin: write it as https://erp.shop.example, with a port if it has one."
	}
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	switch {
	case scheme != "https" && scheme != "http":
		return "", "needs the scheme https (or http inside your own network)."
	case u.User != nil, u.RawQuery != "", u.Fragment != "", u.Path != "" && u.Path != "/":
		return "", "is an address with more than an origin: leave everything after host and port away."
	case !hostForm.MatchString(host):
		return "", "has a host that cannot be used: no wildcards and no IPv6 addresses; write international names as xn--…."
	}
	if port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", "has a port that is none."
		}
		if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
			port = ""
		}
	}
	origin = scheme + "://" + host
	if port != "" {
		origin += ":" + port
	}
	return origin, ""
}

// Origins are those whose pages may show panels of a workspace.
func (p *Panels) Origins(ctx context.Context, ws wa.WorkspaceID) (origins []string, err error) {
	err = p.runner.Read(ctx, func(tx txn.Tx) error {
		origins, err = p.store.Origins(tx, ws)
		return err
	})
	return origins, err
}

// SetOrigins replaces the list. Tokens of origins that go open nothing from then
// on. Its fault is Invalid "invalid_panel_origins".
func (p *Panels) SetOrigins(ctx context.Context, ws wa.WorkspaceID, texts []string) ([]string, error) {
	origins, wrong := []string{}, []fault.Field(nil)
	for i, text := range texts {
		origin, problem := ParseOrigin(text)
		switch {
		case problem != "":
			wrong = append(wrong, fault.Field{Name: fmt.Sprintf("origins[%d]", i), Detail: problem})
		case !slices.Contains(origins, origin):
			origins = append(origins, origin)
		}
	}
	if len(origins) > MaxOrigins {
		wrong = append(wrong, fault.Field{Name: "origins", Detail: "has too many entries.", Limit: MaxOrigins, Length: len(origins)})
	}
	if len(wrong) > 0 {
		return nil, fault.Wrong("invalid_panel_origins", wrong...)
	}
	return origins, p.runner.Write(ctx, func(tx txn.Tx) error { return p.store.SaveOrigins(tx, ws, origins, p.now()) })
}
