package sandbox

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// mediaRule is one row of the table of media (cloud-api.md 1.5).
type mediaRule struct {
	types []string
	size  int64
}

const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
	// maxMedia is the largest of all.
	maxMedia = 100 * megabyte
)

var mediaRules = map[string]mediaRule{
	"audio":   {[]string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, 16 * megabyte},
	"image":   {[]string{"image/jpeg", "image/png"}, 5 * megabyte},
	"sticker": {[]string{"image/webp"}, 500 * kilobyte},
	"video":   {[]string{"video/3gpp", "video/mp4"}, 16 * megabyte},
	// Every other type passes as a document.
	"document": {nil, 100 * megabyte},
}

const staticSticker = 100 * kilobyte

// kindOf is the row a MIME type belongs to; "" for pictures, sounds and films
// of a type that Meta does not take.
func kindOf(mimeType string) string {
	for _, kind := range []string{"audio", "image", "sticker", "video"} {
		if slices.Contains(mediaRules[kind].types, mimeType) {
			return kind
		}
	}
	for _, prefix := range []string{"audio/", "image/", "video/"} {
		if strings.HasPrefix(mimeType, prefix) {
			return ""
		}
	}
	if !strings.Contains(mimeType, "/") {
		return ""
	}
	return "document"
}

// bareType is a MIME type without its parameters, in lower case.
func bareType(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil {
		t, _, _ = strings.Cut(s, ";")
	}
	t = strings.ToLower(strings.TrimSpace(t))
	if t == "image/jpg" {
		return "image/jpeg"
	}
	return t
}

// typeOf is the type of bytes: as declared, or by the look of their beginning
// when nothing useful was declared.
func typeOf(declared string, head []byte) string {
	switch t := bareType(declared); t {
	case "", "application/octet-stream", "binary/octet-stream":
		return bareType(http.DetectContentType(head))
	default:
		return t
	}
}

// checkUpload checks bytes that somebody uploads, whatever they will be used as.
func checkUpload(mimeType string, st stored) *refusal {
	kind := kindOf(mimeType)
	if kind == "" {
		return refuse(codeMedia, "file: the type %q is not supported", clip(mimeType))
	}
	return checkStored("file", kind, mimeType, st)
}

func checkStored(at, kind, mimeType string, st stored) *refusal {
	rule := mediaRules[kind]
	switch {
	case rule.types != nil && !slices.Contains(rule.types, mimeType):
		return refuse(codeMedia, "%s: the type %q cannot be sent as %s, use one of {%s}", at, clip(mimeType), kind, strings.Join(rule.types, ", "))
	case st.size == 0:
		return refuse(codeMedia, "%s: the file is empty", at)
	case st.size > rule.size:
		return refuse(codeMedia, "%s: %d bytes are too large for %s, at most %d are allowed", at, st.size, kind, rule.size)
	case kind == "sticker" && !animated(st.head) && st.size > staticSticker:
		return refuse(codeMedia, "%s: %d bytes are too large for a static sticker, at most %d are allowed", at, st.size, staticSticker)
	case mimeType == "audio/ogg" && bytes.HasPrefix(st.head, []byte("OggS")) && !bytes.Contains(st.head, []byte("OpusHead")):
		return refuse(codeMedia, "%s: audio/ogg must hold OPUS", at)
	}
	return nil
}

// animated reads the flag in a WebP header.
func animated(head []byte) bool {
	return len(head) > 20 && string(head[:4]) == "RIFF" && string(head[8:16]) == "WEBPVP8X" && head[20]&2 != 0
}

// suits checks that the media may stand in that place of a message.
func (ref mediaRef) suits(m *media) *refusal {
	if bad := checkStored(ref.at, ref.kind, bareType(m.MimeType), stored{size: m.Size, head: m.Head}); bad != nil {
		return bad
	}
	if ref.voice && bareType(m.MimeType) != "audio/ogg" {
		return refuse(codeMedia, "%s.voice: a voice message must be audio/ogg with OPUS, is %s", ref.at, m.MimeType)
	}
	return nil
}
