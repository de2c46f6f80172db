package media

import (
	"bytes"
	"mime"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"kontor/internal/fault"
)

// Kind is the kind of message that a file can be sent as, in Meta's words.
type Kind string

const (
	Image    Kind = "image"
	Video    Kind = "video"
	Audio    Kind = "audio"
	Sticker  Kind = "sticker"
	Document Kind = "document" // whatever is none of the others
)

// The types that WhatsApp takes as something other than a document (cloud-api.md 1.5).
var kinds = map[string]Kind{
	"image/jpeg": Image, "image/png": Image,
	"image/webp": Sticker,
	"video/mp4":  Video, "video/3gpp": Video,
	"audio/aac": Audio, "audio/amr": Audio, "audio/mpeg": Audio, "audio/mp4": Audio, "audio/ogg": Audio,
}

// KindOf is the kind of a file of this type; parameters do not count.
func KindOf(mimeType string) Kind {
	if k, ok := kinds[bare(mimeType)]; ok {
		return k
	}
	return Document
}

// Limits of cloud-api.md 1.5, in bytes.
const (
	maxImage           = 5 << 20
	maxVideo           = 16 << 20
	maxAudio           = 16 << 20
	maxSticker         = 100 << 10
	maxAnimatedSticker = 500 << 10
	maxDocument        = 100 << 20

	// MaxSize is the largest file of any kind, in either direction.
	MaxSize = maxDocument
)

// limitOf is the largest size of a file of a kind; head are its first bytes,
// which tell whether a sticker moves.
func limitOf(k Kind, head []byte) int64 {
	switch k {
	case Image:
		return maxImage
	case Video:
		return maxVideo
	case Audio:
		return maxAudio
	case Sticker:
		if animated(head) {
			return maxAnimatedSticker
		}
		return maxSticker
	}
	return maxDocument
}

// animated reads the flag of an extended WebP header (RIFF, WEBP, VP8X, flags).
func animated(head []byte) bool {
	return len(head) > 20 && string(head[8:16]) == "WEBPVP8X" && head[20]&0x02 != 0
}

// sniffLength is how many bytes tell a type; it is what mimetype looks at.
const sniffLength = 3072

// unnamed are types that say nothing.
func unnamed(mimeType string) bool {
	return mimeType == "" || mimeType == "application/octet-stream" || mimeType == "binary/octet-stream"
}

// typeOf decides what a file is from what its sender says and what its first
// bytes show. Where both say something, they must agree on the kind of message;
// within a kind the more telling one wins.
func typeOf(declared string, head []byte) (string, *fault.Error) {
	declared = strings.ToLower(strings.TrimSpace(declared))
	said := bare(declared)
	seen := mimetype.Detect(head)
	shown := canonical(bare(seen.String()))
	switch {
	case unnamed(said):
		return shown, nil
	case unnamed(shown):
		// Not every sound and no every document begins with a mark; a picture or a film does.
		if k := KindOf(said); k == Audio || k == Document {
			return declared, nil
		}
		return "", mismatch(said, "something unknown")
	case canonical(said) == shown:
		return withParameters(shown, declared), nil
	case sameContainer(said, shown):
		return withParameters(canonical(said), declared), nil
	case KindOf(said) != KindOf(shown):
		return "", mismatch(said, shown)
	case KindOf(said) == Document && related(said, seen):
		return declared, nil // a .docx is a .zip: the sender knows better
	}
	return shown, nil
}

func mismatch(said, shown string) *fault.Error {
	f := fault.Wrong("media_type_mismatch", fault.Field{Name: "type", Detail: "The file was declared as " + said + ", but its content is " + shown + "."})
	f.Advice = "Send the file with the type of its content, or leave the type out."
	f.Detail = f.Fields[0].Detail + " It was not kept."
	return f
}

// related tells whether one of the types is a form of the other, as text/csv is
// of text/plain.
func related(said string, seen *mimetype.MIME) bool {
	for m := seen; m != nil; m = m.Parent() {
		if m.Is(said) && !unnamed(said) {
			return true
		}
	}
	for m := mimetype.Lookup(said); m != nil; m = m.Parent() {
		if m.Is(seen.String()) {
			return true
		}
	}
	return false
}

// sameContainer: an MP4 or 3GP file may hold sound alone, an Ogg file too, and
// the first bytes do not tell.
func sameContainer(said, shown string) bool {
	for _, family := range [][]string{
		{"audio/mp4", "video/mp4", "video/3gpp"},
		{"audio/ogg", "video/ogg", "application/ogg"},
	} {
		in := 0
		for _, t := range family {
			if t == canonical(said) || t == shown {
				in++
			}
		}
		if in == 2 {
			return true
		}
	}
	return false
}

// canonical is Meta's name of a type with several names.
func canonical(mimeType string) string {
	switch mimeType {
	case "audio/x-m4a", "audio/m4a", "audio/x-mp4a":
		return "audio/mp4"
	case "audio/mp3", "audio/x-mpeg":
		return "audio/mpeg"
	case "audio/x-aac", "audio/aacp":
		return "audio/aac"
	case "audio/amr-nb":
		return "audio/amr"
	case "audio/opus", "application/ogg":
		return "audio/ogg"
	case "video/3gp", "audio/3gpp":
		return "video/3gpp"
	case "image/jpg", "image/pjpeg":
		return "image/jpeg"
	}
	return mimeType
}

// withParameters is mimeType with the parameters that declared has: Meta tells
// a voice message by "; codecs=opus".
func withParameters(mimeType, declared string) string {
	_, params, err := mime.ParseMediaType(declared)
	if err != nil || len(params) == 0 {
		return mimeType
	}
	return mime.FormatMediaType(mimeType, params)
}

// supported checks that WhatsApp takes a type, which it takes pictures, films
// and sounds of few types only (cloud-api.md 1.5); all else goes as a document.
func supported(mimeType string, head []byte) *fault.Error {
	t := bare(mimeType)
	group, _, _ := strings.Cut(t, "/")
	switch {
	case t == "audio/ogg" && bytes.HasPrefix(head, []byte("OggS")) && !bytes.Contains(head, []byte("OpusHead")):
		return unsupported("WhatsApp takes audio/ogg with OPUS only, and this file holds another codec.", "Convert it to OGG with OPUS, mono, or to MP3.")
	case KindOf(t) == Document && (group == "image" || group == "audio" || group == "video"):
		return unsupported("WhatsApp does not take files of the type "+t+".", "Convert it: pictures to JPEG or PNG, films to MP4, sounds to OGG with OPUS or MP3.")
	}
	return nil
}

func unsupported(detail, advice string) *fault.Error {
	f := fault.Wrong("media_type_unsupported", fault.Field{Name: "type", Detail: detail})
	f.Detail, f.Advice = detail+" It was not kept.", advice
	return f
}

// bare is a type without parameters.
func bare(mimeType string) string {
	name, _, _ := strings.Cut(mimeType, ";")
	return strings.ToLower(strings.TrimSpace(name))
}
