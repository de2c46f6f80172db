package wa

// BlobKey names a stored file within its workspace: the SHA-256 of the stored
// bytes, as 64 hexadecimal digits in lower case. It is not the hash of what the
// file says, since files are stored sealed.
type BlobKey string

// Valid reports whether k has the form of a key. Stores refuse all others, so a
// key can never name a path.
func (k BlobKey) Valid() bool {
	if len(k) != 64 {
		return false
	}
	for _, c := range []byte(k) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
