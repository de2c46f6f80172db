package onprem

import (
	"net/http"

	"kontor/internal/premises"
)

// expiryForm has a space and a numeric offset: clients parse exactly this
// (on-premises-api.md 1).
const expiryForm = "2006-01-02 15:04:05+00:00"

// login: Basic, with an empty body or new_password.
func (c *call) login() (*answer, error) {
	name, password, ok := c.r.BasicAuth()
	if !ok {
		return nil, unauthorized("A login needs Authorization: Basic.")
	}
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	fresh := body.text("new_password")
	if err := body.end(); err != nil {
		return nil, err
	}
	if err := c.loginFacade(name); err != nil {
		return nil, err
	}
	s, err := c.Premises.Login(c.ctx(), c.facade, name, password, fresh, from(c.r))
	if err != nil {
		return nil, err
	}
	user := map[string]any{"token": s.Token.Reveal(), "expires_after": s.ExpiresAt.UTC().Format(expiryForm)}
	return tell("users", []any{user}), nil
}

func (c *call) logout() (*answer, error) {
	if c.dialog360 {
		return done(http.StatusOK), nil // a key is not ended by its user
	}
	return done(http.StatusOK), c.Premises.Logout(c.ctx(), c.who)
}

func (c *call) createUser() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	name, password := body.need("username"), body.need("password")
	if err := body.end(); err != nil {
		return nil, err
	}
	u, err := c.Premises.CreateUser(c.ctx(), c.facade, name, password)
	if err != nil {
		return nil, err
	}
	a := userAnswer(u)
	a.status = http.StatusCreated
	return a, nil
}

// aboutUser lets admins see everybody and others themselves.
func (c *call) aboutUser() (string, error) {
	name := c.param("name")
	if !c.admin && name != c.who.Name {
		return "", errNotAdmin()
	}
	return name, nil
}

func (c *call) readUser() (*answer, error) {
	name, err := c.aboutUser()
	if err != nil {
		return nil, err
	}
	u, err := c.Premises.FindUser(c.ctx(), c.facade, name)
	if err != nil {
		return nil, err
	}
	role := "ROLE_USER"
	if u.Role == premises.Admin {
		role = "ROLE_ADMIN"
	}
	return tell("users", []any{map[string]any{"username": u.Name, "ROLES": role}}), nil
}

func (c *call) updateUser() (*answer, error) {
	name, err := c.aboutUser()
	if err != nil {
		return nil, err
	}
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	password := body.need("password")
	if err := body.end(); err != nil {
		return nil, err
	}
	u, err := c.Premises.SetPassword(c.ctx(), c.facade, name, password)
	if err != nil {
		return nil, err
	}
	return userAnswer(u), nil
}

func (c *call) deleteUser() (*answer, error) {
	u, err := c.Premises.DeleteUser(c.ctx(), c.facade, c.param("name"))
	if err != nil {
		return nil, err
	}
	return userAnswer(u), nil
}

func userAnswer(u premises.User) *answer {
	return tell("users", []any{map[string]any{"username": u.Name}})
}
