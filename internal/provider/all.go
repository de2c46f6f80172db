package provider

import (
	"time"

	"kontor/internal/provider/cloudapi"
	"kontor/internal/wa"
)

// Deps is what carriers need of the program.
type Deps struct {
	Now       func() time.Time
	UserAgent string // "kontor/1.2"
}

// Named is a carrier under the name that wa.Number.Provider holds.
type Named struct {
	Name    string
	Carrier Carrier
	close   func()
}

// Carriers is every carrier, in the order in which people are shown them.
type Carriers []Named

// All makes every carrier. Close them when the last call has returned.
func All(d Deps) Carriers {
	cloud := cloudapi.New(cloudapi.Options{Now: d.Now, UserAgent: d.UserAgent})
	return Carriers{
		{Name: cloudapi.Name, Carrier: cloud, close: cloud.Close},
	}
}

// For finds the carrier of a number; a number that names none has the Cloud API.
func (c Carriers) For(n *wa.Number) (Carrier, bool) {
	name := n.Provider
	if name == "" {
		name = cloudapi.Name
	}
	for _, named := range c {
		if named.Name == name {
			return named.Carrier, true
		}
	}
	return nil, false
}

// Close lets go of the connections that wait for further calls.
func (c Carriers) Close() {
	for _, named := range c {
		named.close()
	}
}
