// Package web holds the built web app, so that the one binary is the whole product.
//
// The files in dist are made by "npm run build" in this folder and are committed: whoever has Go can build
// Kontor without Node. Two pages live there, index.html (the product) and sandbox.html (the phones of the
// sandbox). Everything under assets carries a hash of its content in its name and may be cached for ever;
// the two pages may not.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built files, rooted where index.html lies.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: dist is embedded at compile time: " + err.Error())
	}
	return sub
}
