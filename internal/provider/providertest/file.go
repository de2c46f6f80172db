package providertest

import (
	"io"
	"strings"

	"kontor/internal/wa"
)

// File is an upload with that content.
func File(name, mimeType, content string) wa.Upload {
	return wa.Upload{Filename: name, MimeType: mimeType, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}
