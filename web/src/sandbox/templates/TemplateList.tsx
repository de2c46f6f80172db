import { useLingui } from '@lingui/react/macro'
import { useMemo, useState } from 'react'
import { cn } from '../../ui/cn'
import { SearchInput } from '../../ui/SearchInput'
import type { Template } from '../model'
import { StateChip } from './StateChip'
import { categoryNames } from './words'

interface TemplateListProps {
  templates: readonly Template[]
  chosen: string | undefined
  onChoose: (id: string) => void
  className?: string
}

/** All templates: first what waits for a decision, then by name. */
export function TemplateList({ templates, chosen, onChoose, className }: TemplateListProps) {
  const { t, i18n } = useLingui()
  const [filter, setFilter] = useState('')
  const rows = useMemo(() => sorted(templates), [templates])
  const shown = rows.filter((each) => matches(each, filter))
  return (
    <div className={cn('flex min-h-0 flex-col border-line bg-surface', className)}>
      <div className="px-4 py-2.5">
        <SearchInput
          name={t`Filter by name, language or state`}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      <ul aria-label={t`Templates`} className="min-h-0 flex-1 overflow-y-auto border-line border-t">
        {shown.map((template) => (
          <li key={template.id} className="border-line border-b">
            <button
              type="button"
              aria-current={template.id === chosen ? 'true' : undefined}
              onClick={() => onChoose(template.id)}
              className="focus-inside relative flex min-h-16.5 w-full flex-col justify-center gap-1 px-4 py-2 text-left before:absolute before:inset-y-0 before:left-0 before:w-0.75 hover:bg-hover aria-[current=true]:bg-selected aria-[current=true]:before:bg-ink"
            >
              <span className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate font-semibold text-ui" title={template.name}>
                  {template.name}
                </span>
                <StateChip status={template.status} />
              </span>
              <span className="truncate text-meta text-text3">
                {template.language}
                {' · '}
                {categoryNames[template.category]
                  ? i18n._(categoryNames[template.category] ?? { id: '' })
                  : template.category}
              </span>
            </button>
          </li>
        ))}
        {shown.length === 0 ? (
          <li className="px-4 py-3 text-second text-text2">{t`No template matches this filter.`}</li>
        ) : null}
      </ul>
    </div>
  )
}

function sorted(templates: readonly Template[]): Template[] {
  const rank = ({ status }: Template) => (status === 'PENDING' || status === 'IN_APPEAL' ? 0 : 1)
  return [...templates].sort(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.language.localeCompare(b.language),
  )
}

function matches({ name, language, status, category }: Template, filter: string): boolean {
  const text = `${name} ${language} ${status} ${category}`.toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
