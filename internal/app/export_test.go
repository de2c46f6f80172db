package app

import "kontor/internal/store"

// Store is the product's database, for tests that put there what takes a
// device of a person's to make.
func (a *App) Store() *store.Store { return a.store }

// OpenAPI is the document of the native API.
func (a *App) OpenAPI() []byte { return a.api.OpenAPI() }
