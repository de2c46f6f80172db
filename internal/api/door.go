package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
)

// door stands before the calls for those who are not in yet: what changes
// something comes from Kontor's own pages (nobody is signed in behind their
// back), and from one address only so often.
func (a *API) door(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !changes(r.Method) {
			next.ServeHTTP(w, r)
			return
		}
		if !fromOwnPage(r) {
			a.refuse(w, r, errForgedEntry)
			return
		}
		if wait, ok := a.tries.allow(a.address(r)); !ok {
			a.refuse(w, r, fault.New(fault.Limited, "too_many_sign_ins", "Too many attempts from this address; this one was not looked at.", "Wait as long as Retry-After says, and try again.").Because(fault.Wait(wait)))
			return
		}
		next.ServeHTTP(w, r)
	})
}

var errForgedEntry = fault.New(fault.Forbidden, "cross_site_request", "This call must come from Kontor's own pages; nothing was done.", "Send the header X-Kontor-Request: 1 from the same origin.")

// address is that of the client's machine. Behind a proxy that is known, it is
// the last one that was not written by such a proxy: what stands before it in
// the header may be anybody's invention.
func (a *API) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && a.proxy(host); i-- {
		ip, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = ip.Unmap().String()
	}
	return host
}

func (a *API) proxy(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range a.Proxies {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// arrival is what of a request helps a person to know their own session.
func (a *API) arrival(r *http.Request) account.Arrival {
	return account.Arrival{Device: device(r.UserAgent()), Address: a.address(r)}
}

// base is the address by which people reach Kontor: the configured one, else
// that of the request.
func (a *API) base(r *http.Request) string {
	if a.PublicURL != "" {
		return a.PublicURL
	}
	if a.overTLS(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// site is what passkeys are bound to.
func (a *API) site(r *http.Request) account.Site {
	u, err := url.Parse(a.base(r))
	if err != nil {
		return account.Site{}
	}
	return account.Site{ID: strings.ToLower(u.Hostname()), Origin: strings.ToLower(u.Scheme + "://" + u.Host)}
}

// device is what a person calls the program and machine that a User-Agent
// stands for: "Firefox on Windows". What says nothing known is "".
func device(agent string) string {
	find := func(words ...string) string {
		for i := 0; i < len(words); i += 2 {
			if strings.Contains(agent, words[i]) {
				return words[i+1]
			}
		}
		return ""
	}
	// The order matters: most browsers also say that they are those behind them here.
	program := find("Edg", "Edge", "OPR/", "Opera", "Vivaldi/", "Vivaldi", "SamsungBrowser/", "Samsung Internet", "FxiOS/", "Firefox", "Firefox/", "Firefox",
		"CriOS/", "Chrome", "Chromium/", "Chromium", "Chrome/", "Chrome", "Safari/", "Safari", "curl/", "curl", "Go-http-client", "Go")
	system := find("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "CrOS", "ChromeOS", "Mac OS X", "macOS", "Linux", "Linux")
	switch {
	case program == "":
		return system
	case system == "":
		return program
	}
	return program + " on " + system
}
