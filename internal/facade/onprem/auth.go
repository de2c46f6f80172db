package onprem

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// enter finds the number that a request means and who sends it.
func (c *call) enter(level access) error {
	facades, err := c.Premises.Facades(c.ctx())
	if err != nil {
		return err
	}
	if len(facades) == 0 {
		return refuse(1006, "The On-Premises API is off. An operator turns it on with: kontor number onprem enable")
	}
	if err := c.choose(facades); err != nil {
		return err
	}
	if c.name == "" {
		c.recognise(facades)
		return nil
	}
	key := c.r.Header.Get("D360-API-KEY")
	scheme, secret, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	switch {
	case level == open:
		return nil // the call asks for a name itself
	case key != "":
		c.dialog360 = true
		if err = c.byKey(facades, strings.TrimSpace(key)); err == nil && level != monitor {
			err = c.mayAsKey()
		}
	case strings.EqualFold(scheme, "Bearer") && secret != "":
		err = c.byToken(secret)
	case strings.EqualFold(scheme, "Apikey") && level == monitor && c.isMonitor(secret):
		if c.facade.NumberID == 0 {
			err = refuse(1005, "There are several numbers: select one by host name or by the path /onprem/{number}/v1.")
		}
	case strings.EqualFold(scheme, "Apikey") && level == monitor:
		err = c.byKey(facades, secret)
	default:
		err = unauthorized("This call needs a token: log in at /v1/users/login and send it as Authorization: Bearer.")
	}
	if err != nil {
		return err
	}
	if err := c.connect(); err != nil {
		return err
	}
	if level == admin && !c.admin {
		return errNotAdmin()
	}
	return nil
}

// recognise finds out who asked for something that there is not, so that it can
// be counted. Strangers are not: they could fill the table with names.
func (c *call) recognise(facades []premises.Facade) {
	scheme, secret, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	var err error
	switch key := c.r.Header.Get("D360-API-KEY"); {
	case key != "":
		c.dialog360 = true
		err = c.byKey(facades, strings.TrimSpace(key))
	case strings.EqualFold(scheme, "Bearer"):
		err = c.byToken(strings.TrimSpace(secret))
	default:
		return
	}
	c.gateway = false
	if err == nil {
		c.unknown = premises.UnknownCall(c.r.Method, c.r.URL.Path)
	}
}

// choose selects a façade by path or host name, if the request does.
func (c *call) choose(facades []premises.Facade) error {
	if selector, _ := c.r.Context().Value(selectorKey{}).(string); selector != "" {
		for _, f := range facades {
			if n, ok := c.Numbers.ByID(f.NumberID); ok && named(n, selector) {
				c.facade, c.selected = f, true
				return nil
			}
		}
		return refuse(1006, "No number of this name is served here.")
	}
	host := c.r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, f := range facades {
		for _, h := range f.Hosts {
			if h == host {
				c.facade, c.selected = f, true
				return nil
			}
		}
	}
	if len(facades) == 1 {
		c.facade = facades[0]
	}
	return nil
}

// named tells whether a path names a number: by Meta's id, ours, or its digits.
func named(n *wa.Number, selector string) bool {
	return selector == string(n.PhoneNumberID) || selector == n.ID.String() || selector == digitsOf(n.DisplayPhone)
}

func (c *call) connect() error {
	n, ok := c.Numbers.ByID(c.facade.NumberID)
	if !ok || n.WorkspaceID != c.facade.WorkspaceID {
		return refuse(1014, "The business number of this façade is not connected.")
	}
	c.number = n
	return nil
}

// isMonitor tells whether a key is the one that the operator set for monitors.
func (c *call) isMonitor(key string) bool {
	own := c.Monitor.Reveal()
	return own != "" && subtle.ConstantTimeCompare([]byte(own), []byte(key)) == 1
}

// byToken lets in whom a login named.
func (c *call) byToken(token string) error {
	p, err := c.Premises.Verify(c.ctx(), token)
	if err != nil {
		return err
	}
	if c.selected && c.facade.NumberID != p.Facade.NumberID {
		return unauthorized("The token belongs to another number.")
	}
	c.facade, c.who, c.admin = p.Facade, p, p.Role == premises.Admin
	c.author = wa.Author{Kind: wa.AuthorAPI}
	return nil
}

// byKey lets in a program that sends one of Kontor's API keys, as 360dialog's
// clients do and monitors did. The key names the workspace; the number is the
// only one of it, or the selected one.
func (c *call) byKey(facades []premises.Facade, key string) error {
	p, err := c.Keys.Verify(c.ctx(), key)
	if err != nil {
		if !fault.Is(err, fault.Unauthorized) {
			return err
		}
		c.gateway = c.dialog360
		return unauthorized("Invalid api_key or token expired")
	}
	if c.selected {
		if c.facade.WorkspaceID != p.WorkspaceID {
			c.gateway = c.dialog360
			return unauthorized("Invalid api_key or token expired")
		}
	} else if err := c.onlyOf(facades, p.WorkspaceID); err != nil {
		return err
	}
	c.key, c.author = p, p.Author()
	// An admin here makes users, who read and send, and says whose webhook it is.
	c.admin = true
	for _, right := range []account.Right{account.ManageNumbers, account.ManageSubscriptions, account.Send, account.Read} {
		c.admin = c.admin && p.Can(right)
	}
	return nil
}

// mayAsKey refuses a key that lacks the right for a call. Users may what the old
// API let them; a key may here what it may elsewhere.
func (c *call) mayAsKey() error {
	right := account.Send
	switch {
	case c.r.Method == http.MethodGet:
		right = account.Read
	case strings.Contains(c.name, " /v1/settings/"):
		right = account.ManageNumbers
	}
	if c.key.Can(right) {
		return nil
	}
	return refuse(1005, "This key does not have the right "+string(right)+".")
}

func (c *call) onlyOf(facades []premises.Facade, ws wa.WorkspaceID) error {
	c.facade = premises.Facade{}
	for _, f := range facades {
		if f.WorkspaceID != ws {
			continue
		}
		if c.facade.NumberID != 0 {
			c.facade = premises.Facade{}
			return refuse(1005, "The key's workspace has several numbers: select one by host name or by the path /onprem/{number}/v1.")
		}
		c.facade = f
	}
	if c.facade.NumberID == 0 {
		c.gateway = c.dialog360
		return unauthorized("Invalid api_key or token expired")
	}
	return nil
}

// loginFacade is the number at which somebody logs in: the selected one, or the
// only one that has a user of this name.
func (c *call) loginFacade(name string) error {
	if c.facade.NumberID != 0 {
		return nil
	}
	facades, err := c.Premises.Facades(c.ctx())
	if err != nil {
		return err
	}
	found := 0
	for _, f := range facades {
		_, err := c.Premises.FindUser(c.ctx(), f, name)
		switch {
		case err == nil:
			c.facade = f
			found++
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	if found == 1 {
		return nil
	}
	c.facade = premises.Facade{}
	// One answer for "nobody" and "several": which names there are is nobody's business.
	return unauthorized("The user name or the password is wrong, or several numbers have a user of this name: select one by host name or by the path /onprem/{number}/v1.")
}

// from is the address that a request comes from, for the limit of tries.
func from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}
