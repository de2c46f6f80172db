package graph

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// postNumber changes a number: its PIN and its name at WhatsApp, its webhook
// override at Kontor (cloud-api.md 2.1): at Meta's, an override would take the
// webhooks away from Kontor.
func (c *call) postNumber(at *node) error {
	if err := c.readBody(); err != nil {
		return err
	}
	if text := c.parameter("webhook_configuration"); text != "" {
		var w struct {
			URL    *string `json:"override_callback_uri"`
			Verify string  `json:"verify_token"`
		}
		if err := json.Unmarshal([]byte(text), &w); err != nil || w.URL == nil {
			return wrong("webhook_configuration", "This must be an object with override_callback_uri.")
		}
		if err := c.need(account.ManageSubscriptions); err != nil {
			return err
		}
		if *w.URL == "" {
			return c.clear(at, nil)
		}
		return c.subscribe(at, *w.URL, w.Verify)
	}
	return c.passNode(at, edge{members: numberMembers})
}

// shared tells whether another workspace has numbers on the same account.
func (c *call) shared(waba string) bool {
	return slices.ContainsFunc(c.g.Numbers.All(), func(n *wa.Number) bool {
		return string(n.WABAID) == waba && n.WorkspaceID != c.who.WorkspaceID
	})
}

// getAccount reads an account. Its analytics count all of its numbers, so they
// are for accounts that are the workspace's alone.
func (c *call) getAccount(at *node) error {
	for _, field := range splitFields(c.query["fields"]) {
		name := field
		if i := strings.IndexAny(field, ".({"); i >= 0 {
			name = field[:i]
		}
		if analyticsFields[strings.TrimSpace(name)] && c.shared(at.id) {
			return fault.New(fault.Forbidden, "forbidden", "This account has numbers of another workspace, and its analytics count all of them.", "Use Kontor's own figures: GET /api/v1/whatsapp/metrics.")
		}
	}
	return c.passNode(at, edge{fields: accountFields})
}

// getNumbers lists an account's numbers: those that are this workspace's.
func (c *call) getNumbers(at *node) error {
	query := c.passedQuery(numberFields)
	hidden := query.Has("fields") && !slices.Contains(splitFields(query["fields"]), "id")
	if hidden { // needed to tell whose a number is; Graph adds it anyway
		query.Set("fields", "id,"+query.Get("fields"))
	}
	return c.pass(at.number, passing{path: "/" + at.id + "/phone_numbers", query: query, change: func(body map[string]any) error {
		list, _ := body["data"].([]any)
		body["data"] = slices.DeleteFunc(list, func(v any) bool {
			n, ok := c.g.Numbers.ByPhoneNumberID(wa.PhoneNumberID(plainText(object(v)["id"])))
			return !ok || n.WorkspaceID != c.who.WorkspaceID
		})
		return nil
	}})
}

// getTemplates lists templates. One SDK reads a single one below its account.
func (c *call) getTemplates(at *node) error {
	if len(c.rest) == 0 {
		return c.passNode(at, edge{fields: templateFields})
	}
	t, err := c.find(c.r.Context(), c.rest[0])
	if err != nil {
		return err
	}
	if t.kind != templateKind || string(t.number.WABAID) != at.id {
		return errUnknown(c.rest[0])
	}
	return c.pass(t.number, passing{path: "/" + t.id, fields: templateFields})
}

// compare compares a template with others, which must be the workspace's too.
func (c *call) compare(at *node) error {
	var others []string
	text := strings.Trim(c.query.Get("template_ids"), "[] ")
	for id := range strings.SplitSeq(text, ",") {
		others = append(others, strings.Trim(strings.TrimSpace(id), `"`))
	}
	for _, id := range others {
		other, err := c.find(c.r.Context(), id)
		if err != nil {
			return err
		}
		if other.kind != templateKind {
			return errUnknown(id)
		}
	}
	return c.pass(at.number, passing{path: "/" + at.id + "/compare", fields: anyField})
}

// postFlow makes a flow; one that is copied must be the workspace's.
func (c *call) postFlow(at *node) error {
	if err := c.readBody(); err != nil {
		return err
	}
	if id := c.parameter("clone_flow_id"); id != "" {
		other, err := c.find(c.r.Context(), id)
		if err != nil {
			return err
		}
		if other.kind != flowKind {
			return errUnknown(id)
		}
	}
	return c.passNode(at, edge{})
}

// maxAsset is the largest flow.json that is passed on.
const maxAsset = 10 << 20

// postAssets passes the file of a flow on. The form is written anew with what
// Graph knows: a key of ours that stands in it must not travel on.
func (c *call) postAssets(at *node) error {
	in, err := c.openForm()
	if err != nil {
		return err
	}
	defer in.line.End()
	if in.file == nil {
		return missing("file")
	}
	name := in.file.FileName()
	content, err := io.ReadAll(io.LimitReader(in.line.Body(in.file), maxAsset+1))
	if err != nil {
		return broken(err)
	}
	if len(content) > maxAsset {
		return fault.Wrong(codeParameter, fault.Field{Name: "file", Detail: "The file of a flow has at most 10 MiB.", Limit: maxAsset, Length: len(content)})
	}
	if err := in.rest(); err != nil {
		return err
	}
	var body bytes.Buffer
	out := multipart.NewWriter(&body)
	for _, member := range []string{"name", "asset_type", "messaging_product"} {
		if value := in.fields[member]; value != "" {
			err = errors.Join(err, out.WriteField(member, value))
		}
	}
	part, partErr := out.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", cmp.Or(name, "flow.json"))}, "Content-Type": {"application/json"},
	})
	if err = errors.Join(err, partErr); err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return c.pass(at.number, passing{path: "/" + at.id + "/assets", query: url.Values{}, body: &meta.Call{
		Body: &body, Length: int64(body.Len()), ContentType: out.FormDataContentType(),
	}})
}
