import { useLingui } from '@lingui/react/macro'
import { SearchFilters } from './SearchFilters'
import { SearchResults, type SearchResultsProps } from './SearchResults'

/** The filters over what was found: comes when somebody searches for the first time. */
export function SearchPane(props: SearchResultsProps) {
  const { t } = useLingui()
  const { search } = props
  return (
    <>
      <h1 className="sr-only">{t({ message: 'Search', context: 'title of the page' })}</h1>
      <SearchFilters filters={search.filters} onFilter={search.filter} />
      <SearchResults {...props} />
    </>
  )
}
