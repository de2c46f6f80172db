package graph

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/media"
	"kontor/internal/template"
	"kontor/internal/wa"
)

// newestVersion is what calls without a version get in answers that name one.
const newestVersion = "v26.0"

var (
	versionPattern = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)
	graphPath      = regexp.MustCompile(`^/(?:v[0-9]+\.[0-9]+|[0-9]+|upload:[^/]+|debug_token|me|app|oauth/access_token|message_template_library)(?:/|$)`)
	digits         = regexp.MustCompile(`^[0-9]{1,32}$`)
)

func isGraph(path string) bool { return graphPath.MatchString(path) }

// place is where a call goes: /{version}/{node}/{edge}/{rest…}.
type place struct {
	version string // as asked for, else newestVersion
	node    string
	edge    string
	rest    []string
}

// parsePath never fails: what it does not understand becomes a node that does
// not exist.
func parsePath(u *url.URL) place {
	p := place{version: newestVersion}
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(part)
		if err != nil {
			plain = part
		}
		if plain != "" {
			parts = append(parts, plain)
		}
	}
	if len(parts) > 0 && versionPattern.MatchString(parts[0]) {
		p.version, parts = parts[0], parts[1:]
	}
	if len(parts) > 0 {
		p.node, parts = parts[0], parts[1:]
	}
	if len(parts) > 0 {
		p.edge, p.rest = parts[0], parts[1:]
	}
	return p
}

// kind is what sort of object an id names.
type kind string

const (
	numberKind   kind = "number"
	accountKind  kind = "account"
	templateKind kind = "template"
	flowKind     kind = "flow"
	mediaKind    kind = "media"
)

// node is an object of the caller's workspace.
type node struct {
	kind   kind
	id     string
	number *wa.Number  // through which it is reached
	file   *media.File // media that is, or will be, here
	remote string      // media that only WhatsApp has: its id
	name   string      // of a template
}

// errUnknown is for what does not exist and for what is another workspace's:
// the answers are the same.
func errUnknown(id string) error {
	return fault.New(fault.NotFound, codeObject, "Object with ID '"+clip(id)+"' does not exist, cannot be loaded due to missing permissions, or does not support this operation.", "Use the ids of this workspace: GET /api/v1/whatsapp/numbers lists its numbers and accounts.")
}

// find proves that an id is the caller's and tells what it names.
func (c *call) find(ctx context.Context, id string) (*node, error) {
	if !digits.MatchString(id) {
		return nil, errUnknown(id)
	}
	if n, ok := c.g.Numbers.ByPhoneNumberID(wa.PhoneNumberID(id)); ok {
		if n.WorkspaceID != c.who.WorkspaceID {
			return nil, errUnknown(id)
		}
		return &node{kind: numberKind, id: id, number: n}, nil
	}
	own := c.g.Numbers.Of(c.who.WorkspaceID)
	if i := slices.IndexFunc(own, func(n *wa.Number) bool { return string(n.WABAID) == id }); i >= 0 {
		return &node{kind: accountKind, id: id, number: own[i]}, nil
	}
	if slices.ContainsFunc(c.g.Numbers.All(), func(n *wa.Number) bool { return string(n.WABAID) == id }) {
		return nil, errUnknown(id)
	}
	if found, err := c.findMedia(ctx, id); err != nil || found != nil {
		return found, err
	}
	if found, err := c.findTemplate(ctx, id, own); err != nil || found != nil {
		return found, err
	}
	return c.ask(ctx, id, own)
}

// ours is the smallest id that Kontor makes (store: milliseconds since 2020
// shifted by 21 bits); Meta's are far below it.
const ours = 1 << 54

// mediaNumber is a media id of ours in digits.
func mediaNumber(id string) (wa.MediaID, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	return wa.MediaID(n), err == nil && n >= ours
}

// findMedia looks among the files of the workspace: uploads by our id, and what
// customers sent by WhatsApp's, which the webhook told.
func (c *call) findMedia(ctx context.Context, id string) (*node, error) {
	var f media.File
	var err error
	own, isOwn := mediaNumber(id)
	if isOwn {
		f, err = c.g.Media.Find(ctx, c.who.WorkspaceID, own)
	} else {
		f, err = c.g.Media.ByRemote(ctx, c.who.WorkspaceID, id)
	}
	switch {
	case fault.Is(err, fault.NotFound) && isOwn:
		return nil, errUnknown(id)
	case fault.Is(err, fault.NotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case f.State == media.Failed && f.Reason == media.ReasonRemoved:
		return nil, errUnknown(id)
	case f.State != media.Stored && f.RemoteID != "": // not here yet, or never: WhatsApp may still have it
		return c.askMedia(ctx, id, f.RemoteID)
	}
	return &node{kind: mediaKind, id: id, file: &f}, nil
}

func (c *call) findTemplate(ctx context.Context, id string, own []*wa.Number) (*node, error) {
	entries, _, err := c.g.Templates.List(ctx, c.who.WorkspaceID, template.Filter{})
	if err != nil {
		return nil, err
	}
	for i := range entries {
		e := &entries[i]
		if e.Definition.MetaID != id {
			continue
		}
		for _, n := range own {
			if n.WABAID == e.WABAID {
				return &node{kind: templateKind, id: id, number: n, name: e.Definition.Name}, nil
			}
		}
	}
	return nil, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}
