package outbox

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"kontor/internal/wa"
)

// part is one media of a message: where it stands and what it is used as.
type part struct {
	name  string // path in Meta's names
	kind  string // image, video, audio, document, sticker, gif
	media *wa.Media
}

// mediaParts finds every media of a message.
func mediaParts(c *wa.Content) (parts []part) {
	if m := c.MediaPart(); m != nil {
		parts = append(parts, part{string(c.Type), string(c.Type), m})
	}
	if c.Type == wa.TypeInteractive && c.Interactive != nil {
		if m := c.Interactive.Header.MediaPart(); m != nil {
			parts = append(parts, part{"interactive.header." + c.Interactive.Header.Type, c.Interactive.Header.Type, m})
		}
	}
	if c.Type == wa.TypeTemplate && c.Template != nil {
		parts = append(parts, templateParts("template.components", c.Template.Components)...)
	}
	return parts
}

func templateParts(name string, components []wa.TemplateComponent) (parts []part) {
	for i := range components {
		c, at := &components[i], fmt.Sprintf("%s[%d]", name, i)
		for j := range c.Parameters {
			kind := strings.ToLower(c.Parameters[j].Type)
			if m := c.Parameters[j].MediaPart(); m != nil {
				parts = append(parts, part{fmt.Sprintf("%s.parameters[%d].%s", at, j, kind), kind, m})
			}
		}
		for j, card := range c.Cards {
			parts = append(parts, templateParts(fmt.Sprintf("%s.cards[%d].components", at, j), card.Components)...)
		}
	}
	return parts
}

const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
)

// mediaLimit is a row of cloud-api.md 1.5. A document may be of any type.
type mediaLimit struct {
	types []string
	size  int64
}

func limitOf(kind string) mediaLimit {
	switch kind {
	case "image":
		return mediaLimit{[]string{"image/jpeg", "image/png"}, 5 * megabyte}
	case "video":
		return mediaLimit{[]string{"video/mp4", "video/3gpp"}, 16 * megabyte}
	case "gif": // a short mp4
		return mediaLimit{[]string{"video/mp4"}, 3500 * kilobyte}
	case "audio":
		return mediaLimit{[]string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, 16 * megabyte}
	case "sticker": // static ones 100 KB; whether it moves is not known here
		return mediaLimit{[]string{"image/webp"}, 500 * kilobyte}
	}
	return mediaLimit{nil, 100 * megabyte}
}

// checkUpload compares an uploaded file with what WhatsApp takes for its use.
func (k *checker) checkUpload(p part, mimeType string, size int64) {
	limit := limitOf(p.kind)
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		base = mimeType
	}
	if limit.types != nil && !slices.Contains(limit.types, base) {
		k.add(p.name+".media_id", fmt.Sprintf("The file is %s; WhatsApp takes for %s: %s.", clip(base), p.kind, strings.Join(limit.types, ", ")))
	}
	if p.media.Voice && base != "audio/ogg" {
		k.add(p.name+".media_id", fmt.Sprintf("The file is %s; a voice message must be audio/ogg with the Opus codec.", clip(base)))
	}
	most := limit.size
	if size > most {
		k.fields = append(k.fields, Field{Name: p.name + ".media_id", Detail: fmt.Sprintf("The file has %d bytes; at most %d are allowed for %s.", size, most, p.kind), Limit: int(most), Length: int(size)})
	}
}
