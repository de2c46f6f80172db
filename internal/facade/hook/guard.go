package hook

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"kontor/internal/fault"
)

// errRefused says that an address must not be called.
var errRefused = errors.New("the address is private, local or reserved")

// reserved are ranges beside those that netip names in which nobody's public
// service lies: this network, shared (carrier) addresses, protocol and
// documentation ranges, benchmarks, the former class E, and the ranges of IPv6
// that lead to IPv4 addresses by translation.
var reserved = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10")

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// MayCall reports whether an address that a stranger named may be called. With
// private, loopback and private networks may be; link-local addresses, where
// clouds keep their metadata, and whatever is no host's, never.
func MayCall(ip netip.Addr, private bool) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || ip.Zone() != "" || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() {
		return false
	}
	if ip.IsLoopback() || ip.IsPrivate() {
		return private && ip != awsMetadata
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return ip.IsGlobalUnicast()
}

// awsMetadata is the one address for metadata that is not link-local.
var awsMetadata = netip.MustParseAddr("fd00:ec2::254")

// Guard is for net.Dialer.Control: it is called with the address that is dialled,
// after its name was resolved, so that a name that leads elsewhere at the second
// look changes nothing. It refuses what is private, local or reserved; with
// private, loopback and private networks may be called.
func Guard(private bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !MayCall(at.Addr(), private) {
			return errRefused
		}
		return nil
	}
}

// Check implements callback.Caller.
func (c *Caller) Check(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return wrong("is no web address: write it as https://shop.example/hooks.")
	case u.User != nil:
		return wrong("holds a user name or password, which logs of others might show; use the signature instead.")
	case u.Fragment != "":
		return wrong("has a fragment (#…), which is never sent.")
	case u.Scheme != "https" && !(c.private && u.Scheme == "http"):
		return wrong("must begin with https://: events hold what customers wrote.")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ip, err := netip.ParseAddr(host)
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if local && !c.private || err == nil && !MayCall(ip, c.private) {
		return fault.Wrong("address_refused", fault.Field{Name: "url",
			Detail: fmt.Sprintf("leads to %s, which is private, local or reserved; KONTOR_ALLOW_PRIVATE_CALLBACKS=1 allows loopback and private addresses.", host)})
	}
	return nil
}

func wrong(detail string) error {
	return fault.Wrong("invalid_url", fault.Field{Name: "url", Detail: detail})
}
