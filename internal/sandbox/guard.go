package sandbox

import (
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// guard keeps foreign web pages away from what has no authentication: the Host
// must be a loopback name or address or an allowed one (a rebound DNS name is
// neither), and a request that a browser made for another site is refused.
func guard(allowed []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !localHost(r.Host, allowed):
			problem(w, http.StatusForbidden, "host_refused", "the sandbox answers on loopback names and on the hosts it was configured with only")
		case foreign(r):
			problem(w, http.StatusForbidden, "cross_site", "the sandbox does not answer other sites")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// localHost tells whether a Host header names this machine.
func localHost(hostport string, allowed []string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return true
	}
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, host) || strings.EqualFold(a, hostport) })
}

// foreign tells whether a browser sent the request for another site.
func foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host)
	}
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// pageHandler serves the web page; a short text when there is none.
func pageHandler(page fs.FS) http.Handler {
	if page == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte("The sandbox plays Meta's part. Its control API is described at /sandbox/openapi.json.\n"))
		})
	}
	files := http.FileServerFS(page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		if r.URL.Path != "/" {
			files.ServeHTTP(w, r)
			return
		}
		for _, name := range []string{"sandbox.html", "index.html"} {
			if body, err := fs.ReadFile(page, name); err == nil {
				h.Set("Content-Type", "text/html; charset=utf-8")
				_, _ = w.Write(body)
				return
			}
		}
		http.NotFound(w, r)
	})
}
