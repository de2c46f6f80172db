package media

import (
	"strings"
	"testing"
)

func TestTypeOf(t *testing.T) {
	const (
		png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
		jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF"
		mp4  = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
		m4a  = "\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42"
		ogg  = "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead"
		pdf  = "%PDF-1.7\n"
		zip  = "PK\x03\x04\x14\x00\x00\x00\x08\x00" + "aaaaaaaaaaaaaaaa"
		webp = "RIFF\x00\x00\x00\x00WEBPVP8 "
		junk = "\x01\x02\x03\x04\x05\x00\x00\x99"
	)
	docx := "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	cases := []struct{ name, declared, head, want string }{
		{"nothing declared", "", png, "image/png"},
		{"a type that says nothing", "application/octet-stream", jpeg, "image/jpeg"},
		{"both agree", "image/png", png, "image/png"},
		{"another name", "image/jpg", jpeg, "image/jpeg"},
		{"another picture type", "image/png", jpeg, "image/jpeg"},
		{"capitals", "Image/PNG", png, "image/png"},
		{"a page as a picture", "image/png", "<html><body>", ""},
		{"a picture as a PDF", "application/pdf", png, ""},
		{"a film as a picture", "image/jpeg", mp4, ""},
		{"junk as a picture", "image/png", junk, ""},
		{"junk as a film", "video/mp4", junk, ""},
		{"junk as sound: not every MP3 begins with a mark", "audio/mpeg", junk, "audio/mpeg"},
		{"junk as a document", "application/x-own", junk, "application/x-own"},
		{"sound in an MP4", "audio/mp4", mp4, "audio/mp4"},
		{"sound by its own mark", "", m4a, "audio/mp4"},
		{"a film that may be sound", "video/mp4", m4a, "video/mp4"},
		{"a voice message keeps its codec", "audio/ogg; codecs=opus", ogg, "audio/ogg; codecs=opus"},
		{"a browser's name for it", "audio/opus", ogg, "audio/ogg"},
		{"a form of ZIP", docx, zip, docx},
		{"a form of text", "text/csv", "a,b\nc,d\n", "text/csv"},
		{"text that is a PDF", "text/plain", pdf, "application/pdf"},
		{"a sticker", "image/webp", webp, "image/webp"},
		{"a sticker as a picture", "image/png", webp, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, refusal := typeOf(c.declared, []byte(c.head))
			if got != c.want || (refusal == nil) != (c.want != "") {
				t.Errorf("got %q and %v, want %q", got, refusal, c.want)
			}
		})
	}
}

func TestSupported(t *testing.T) {
	for mimeType, want := range map[string]bool{
		"image/jpeg": true, "image/png": true, "image/webp": true, "image/gif": false, "image/svg+xml": false, "image/heic": false,
		"video/mp4": true, "video/quicktime": false, "audio/mpeg": true, "audio/wav": false, "text/html": true, "application/x-own": true,
	} {
		if got := supported(mimeType, nil) == nil; got != want {
			t.Errorf("%s: got %v, want %v", mimeType, got, want)
		}
	}
	if supported("audio/ogg", []byte("OggS...vorbis")) == nil {
		t.Error("Ogg without OPUS: got no refusal")
	}
}

func TestLimits(t *testing.T) {
	still, moving := []byte("RIFF....WEBPVP8X....\x10"), []byte("RIFF....WEBPVP8X....\x02....")
	for _, c := range []struct {
		mimeType string
		head     []byte
		want     int64
	}{
		{"image/jpeg", nil, 5 << 20},
		{"video/3gpp", nil, 16 << 20},
		{"audio/ogg; codecs=opus", nil, 16 << 20},
		{"image/webp", still, 100 << 10},
		{"image/webp", moving, 500 << 10},
		{"application/pdf", nil, 100 << 20},
	} {
		if got := limitOf(KindOf(c.mimeType), c.head); got != c.want {
			t.Errorf("%s: got %d, want %d", c.mimeType, got, c.want)
		}
	}
}

func TestFilename(t *testing.T) {
	long := strings.Repeat("ä", 300) + ".pdf"
	for name, want := range map[string]string{
		"report.pdf": "report.pdf", "/etc/passwd": "passwd", `C:\a\b.txt`: "b.txt", "..": "", "": "", ".": "", "/": "",
		"a\r\nb.txt": "ab.txt", "\u202efdp.exe": "fdp.exe", "Größe 1.pdf": "Größe 1.pdf", long: strings.Repeat("ä", 236) + ".pdf",
	} {
		if got := Filename(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
