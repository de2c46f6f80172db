import { useLingui } from '@lingui/react/macro'
import { ChevronLeft, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { TemplateDefinition } from '../../api/types'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { cn } from '../../ui/cn'
import { EmptyState } from '../../ui/EmptyState'
import { IconButton } from '../../ui/IconButton'
import { SearchInput } from '../../ui/SearchInput'
import { SkeletonRows } from '../../ui/Skeleton'
import { useNumbers, useTemplates } from '../data/queries'
import { useThread } from '../thread/ThreadContext'
import { TemplateForm } from './TemplateForm'
import { TemplateRow } from './TemplateRow'
import { partOf, type Values } from './template'

interface TemplateSheetProps {
  onClose: () => void
  /** What was filled in stays here, by template, also after an undo. */
  filled: Map<string, Values>
}

/** Templates: the list, the form of one, and how it will look. Beside each other where there is room. */
export function TemplateSheet({ onClose, filled }: TemplateSheetProps) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const { conversation } = useThread()
  const templates = useTemplates()
  const numbers = useNumbers()
  const [search, setSearch] = useState('')
  const [chosenId, setChosenId] = useState<string | null>(null)
  const account = numbers.data?.find((one) => one.phone_number_id === conversation.phone_number_id)?.waba_id
  const usable = useMemo(
    () => (templates.data ?? []).filter((one) => !account || one.waba_id === account),
    [templates.data, account],
  )
  const found = useMemo(
    () => sortFor(usable.filter(matching(search)), conversation.contact.language),
    [usable, search, conversation.contact.language],
  )
  const chosen = usable.find((one) => one.template_id === chosenId)

  return (
    <section
      aria-label={t`Templates`}
      className="@container flex h-[48dvh] min-h-80 shrink-0 flex-col border-line border-t bg-surface max-sm:absolute max-sm:inset-0 max-sm:z-20 max-sm:h-auto"
    >
      <div className="grid min-h-0 flex-1 @4xl:grid-cols-[18.5rem_1fr] @xl:grid-cols-[15rem_1fr] grid-cols-1">
        <div className={cn('flex min-h-0 flex-col border-line @xl:border-r', chosen && '@max-xl:hidden')}>
          <div className="flex items-center gap-2 px-4 pt-2.5 pb-2">
            <h3 className="font-semibold text-ui">{t`Templates`}</h3>
            <span className="figures ml-auto text-text3">{format.number(usable.length)}</span>
            <IconButton
              name={t`Close templates`}
              keys="Esc"
              onClick={onClose}
              icon={<X size={18} strokeWidth={1.75} />}
              className="-mr-2"
            />
          </div>
          {usable.length > 0 ? (
            <SearchInput
              name={t`Search templates`}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="mx-4 mb-2"
            />
          ) : null}
          <div className="min-h-0 flex-1 overflow-y-auto border-line border-t">
            {templates.isPending ? <SkeletonRows count={4} avatar={false} rowClassName="h-19" /> : null}
            {templates.isError ? (
              <Banner
                tone="warn"
                className="m-3"
                title={t`The templates could not be loaded.`}
                action={
                  <Button size="small" onClick={() => templates.refetch()} busy={templates.isFetching}>
                    {t`Try again`}
                  </Button>
                }
              >
                {words(templates.error).text}
              </Banner>
            ) : null}
            {templates.data && usable.length === 0 ? (
              <EmptyState title={t`There is no approved template.`}>
                {t`Templates are made in the WhatsApp Manager and appear here once Meta has approved them.`}
              </EmptyState>
            ) : null}
            {usable.length > 0 && found.length === 0 ? <EmptyState title={t`Nothing found.`} /> : null}
            <ul>
              {found.map((one) => (
                <li key={one.template_id}>
                  <TemplateRow
                    template={one}
                    selected={one.template_id === chosenId}
                    onSelect={() => setChosenId(one.template_id)}
                  />
                </li>
              ))}
            </ul>
          </div>
        </div>
        {chosen ? (
          <div className="flex min-h-0 flex-col">
            <div className="flex items-center gap-1 px-2 pt-2 @xl:hidden">
              <IconButton
                name={t`All templates`}
                onClick={() => setChosenId(null)}
                icon={<ChevronLeft size={20} strokeWidth={1.75} />}
              />
              <span className="font-semibold">{t`Templates`}</span>
            </div>
            <TemplateForm key={chosen.template_id} template={chosen} filled={filled} onSent={onClose} />
          </div>
        ) : (
          <EmptyState className="m-auto @max-xl:hidden" title={t`Choose a template`}>
            {t`Its fields and how it will look appear here.`}
          </EmptyState>
        )}
      </div>
    </section>
  )
}

function matching(search: string): (template: TemplateDefinition) => boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return (template) => {
    const text =
      `${template.name} ${template.language} ${partOf(template, 'BODY')?.text ?? ''}`.toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  }
}

/** Templates in the customer's language come first; within a language they are in the order of their names. */
function sortFor(templates: TemplateDefinition[], language: string | null): TemplateDefinition[] {
  const wanted = language?.split(/[-_]/)[0]
  const rank = ({ language: own }: TemplateDefinition) => (wanted && own.split('_')[0] === wanted ? 0 : 1)
  return templates.toSorted(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.language.localeCompare(b.language),
  )
}
