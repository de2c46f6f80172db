package onprem

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

// createTemplate and deleteTemplate (360dialog's calls) change the account's
// catalogue at WhatsApp; what it holds then is read anew.

func (c *call) createTemplate() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	made := map[string]any{"name": body.need("name"), "language": body.need("language"), "category": strings.ToUpper(body.need("category"))}
	if !body.has("components") {
		body.missing("components")
	}
	made["components"] = body.list("components")
	if body.boolean("allow_category_change") {
		made["allow_category_change"] = true
	}
	if err := body.end(); err != nil {
		return nil, err
	}
	if err := c.catalogue(posting("", made)); err != nil {
		return nil, err
	}
	made["namespace"], made["status"] = namespace(c.number), "submitted"
	return &answer{status: http.StatusCreated, body: made}, nil
}

func (c *call) deleteTemplate() (*answer, error) {
	return done(http.StatusOK), c.catalogue(meta.Call{Method: http.MethodDelete, Query: url.Values{"name": {c.param("name")}}})
}

// catalogue changes the templates of the number's account.
func (c *call) catalogue(m meta.Call) error {
	if c.number.WABAID == "" {
		return refuse(1014, "The account of this number is not known; an operator must set it.")
	}
	m.Path = "/" + url.PathEscape(string(c.number.WABAID)) + "/message_templates"
	if err := c.graph(c.ctx(), c.number, m, nil); err != nil {
		return err
	}
	return c.Refresh(c.ctx(), c.facade.WorkspaceID)
}

// refusalOfReply is Graph's error (cloud-api.md 3.1) in the old form.
func refusalOfReply(reply meta.Reply) error {
	var body struct {
		Error struct {
			Code      int
			Message   string
			UserMsg   string                   `json:"error_user_msg"`
			ErrorData struct{ Details string } `json:"error_data"`
		}
	}
	if err := json.Unmarshal(reply.Body, &body); err != nil || body.Error.Message == "" {
		return refuse(1014, "WhatsApp answered something that is not known.").because(err)
	}
	e := body.Error
	p := wa.Problem{Code: e.Code, Title: e.Message, Details: cmp.Or(e.ErrorData.Details, e.UserMsg)}
	if e.Code == 0 || e.Code == 190 {
		return refuse(1014, "The connection to WhatsApp needs an operator.")
	}
	return refuse(synchronousCode(e.Code), cloudDetails(p))
}
