package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/internal/seal"
)

// DefaultAPIVersion is the Graph version used when nothing names one
// (cloud-api.md 9: serviced until July 2028).
const DefaultAPIVersion = "v25.0"

// A check answers what a value should have been, or "" when it is right. kept
// is the value as it is stored.
type check func(text string) (kept, expected string)

var (
	versionForm = regexp.MustCompile(`^v[1-9][0-9]?\.[0-9]$`)
	idForm      = regexp.MustCompile(`^[0-9]{5,25}$`)
	almostForm  = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)*$`) // somebody meant a version
)

func address(text string) (string, string) {
	const expected = "host:port, for example 127.0.0.1:8080 or :8080"
	host, port, err := net.SplitHostPort(text)
	if err != nil || strings.ContainsAny(host, "/ @") {
		return "", expected
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", expected + ", with a port from 0 to 65535"
	}
	return text, ""
}

func oneLine(text string) (string, string) {
	if strings.ContainsAny(text, "\x00\r\n") {
		return "", "one line of text"
	}
	return text, ""
}

func database(text string) (string, string) {
	const expected = "postgres://user:password@host:5432/database, or nothing for SQLite"
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", expected
	}
	if u.Host == "" && u.Query().Get("host") == "" {
		return "", expected + " (the host is missing)"
	}
	return text, ""
}

// networks are prefixes, separated by commas; a bare address is a network of one.
func networks(text string) (string, string) {
	if _, err := parseNetworks(text); err != nil {
		return "", "networks separated by commas, for example 127.0.0.0/8,10.0.0.0/8"
	}
	return text, ""
}

func parseNetworks(text string) (all []netip.Prefix, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if ip, err := netip.ParseAddr(part); err == nil {
			part = netip.PrefixFrom(ip, ip.BitLen()).String()
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// webURL is an address that a program can call.
func webURL(text string) (string, string) {
	const expected = "an address with http:// or https:// and a host, for example https://wa.example.com"
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", expected
	}
	if u.User != nil || u.Fragment != "" {
		return "", expected + ", without user, password or #"
	}
	return text, ""
}

// bareURL is webURL that other paths are appended to.
func bareURL(text string) (string, string) {
	kept, expected := webURL(text)
	if expected == "" && strings.ContainsRune(kept, '?') {
		expected = "an address without a question mark, since paths are appended to it"
	}
	return strings.TrimRight(kept, "/"), expected
}

// baseURL is bareURL whose last part may be a version (S3: WHATSAPP_API_BASE_URL).
func baseURL(text string) (string, string) {
	kept, expected := bareURL(text)
	if expected != "" {
		return "", expected
	}
	if _, last := splitVersion(kept); last != "" && !versionForm.MatchString(last) {
		return "", "an address that ends without a version or in one such as /" + DefaultAPIVersion
	}
	return kept, ""
}

// splitVersion cuts what looks like a version off the end of a base URL.
func splitVersion(base string) (rest, version string) {
	u, err := url.Parse(base)
	if err != nil {
		return base, ""
	}
	i := strings.LastIndexByte(u.Path, '/')
	if i < 0 || !almostForm.MatchString(u.Path[i+1:]) {
		return base, ""
	}
	version = u.Path[i+1:]
	return strings.TrimSuffix(base, "/"+version), version
}

func version(text string) (string, string) {
	if !versionForm.MatchString(text) {
		return "", "vNN.N, for example " + DefaultAPIVersion
	}
	return text, ""
}

func metaID(text string) (string, string) {
	if !idForm.MatchString(text) {
		return "", "digits only, as in Meta's dashboard, for example 123456789012345"
	}
	return text, ""
}

// token is what travels in a header or a query: visible characters, no spaces.
func token(text string) (string, string) {
	if len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		return "", "the value without quotes around it"
	}
	for _, r := range text {
		if r <= ' ' || r > '~' {
			return "", "letters, digits and signs in one piece, without spaces or line breaks"
		}
	}
	return text, ""
}

const adminKeyLength = 32

func adminKey(text string) (string, string) {
	if len(text) < adminKeyLength {
		return "", fmt.Sprintf("at least %d characters; make one with: openssl rand -hex 32", adminKeyLength)
	}
	return token(text)
}

// monitorKey has the length that the old client asked for (on-premises-api.md 1).
func monitorKey(text string) (string, string) {
	if len(text) < 12 || len(text) > 128 {
		return "", "12 to 128 characters"
	}
	return token(text)
}

func encryptionKey(text string) (string, string) {
	if _, err := seal.ParseKey(text); err != nil {
		return "", fmt.Sprintf("base64 of %d bytes; make one with: openssl rand -base64 %d", seal.KeyLength, seal.KeyLength)
	}
	return text, ""
}

func count(text string) (string, string) {
	if n, err := strconv.Atoi(text); err != nil || n < 0 || n > 1_000_000_000 {
		return "", "a whole number from 0 to 1000000000"
	}
	return text, ""
}

// lasting is a span of time that a rule can wait for.
func lasting(text string) (string, string) {
	if d, err := time.ParseDuration(text); err != nil || d < time.Second || d > 24*time.Hour {
		return "", "a span from 1s to 24h with its unit, for example 90s, 5m or 1h30m"
	}
	return text, ""
}

func onOff(text string) (string, string) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return "true", ""
	case "0", "false", "no", "off":
		return "false", ""
	}
	return "", "1 or 0"
}

func oneOf(words ...string) check {
	return func(text string) (string, string) {
		if !slices.Contains(words, strings.ToLower(text)) {
			return "", strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
		}
		return strings.ToLower(text), ""
	}
}
