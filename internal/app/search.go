package app

import "kontor/internal/search"

// newSearch wires what finds messages and people, and what keeps its index. It
// goes by the same time as the messages, so that its lag can be told.
func (a *App) newSearch(o Options) {
	run, kept, facts := a.runner(), a.store.Search(), a.store.Journal()
	a.Search = search.New(run, kept, facts, o.Now)
	a.indexer = search.NewIndexer(run, kept, facts, a.store.NewID, search.Options{Owner: owner(a.Config.Data), Log: a.log})
}
