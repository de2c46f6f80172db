package sandbox

import "time"

// Now is Meta's time: the real one, moved by what POST /sandbox/clock asked for.
func (s *Sandbox) Now() time.Time { return s.now() }
