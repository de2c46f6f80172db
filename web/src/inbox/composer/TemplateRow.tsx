import { useLingui } from '@lingui/react/macro'
import type { TemplateDefinition } from '../../api/types'
import { Chip } from '../../ui/Chip'
import { cn } from '../../ui/cn'
import { canFill, partOf } from './template'

interface TemplateRowProps {
  template: TemplateDefinition
  selected: boolean
  onSelect: () => void
}

/** Name, category, first line, language and quality. */
export function TemplateRow({ template, selected, onSelect }: TemplateRowProps) {
  const { t } = useLingui()
  const quality: Record<string, string> = {
    GREEN: t`quality high`,
    YELLOW: t`quality medium`,
    RED: t`quality low`,
  }
  const facts = [
    template.language,
    quality[template.quality],
    canFill(template) ? undefined : t`cannot be filled in here yet`,
  ].filter(Boolean)
  return (
    <button
      type="button"
      onClick={onSelect}
      aria-current={selected ? 'true' : undefined}
      className={cn(
        'focus-inside relative flex w-full flex-col gap-0.5 border-line border-b px-4 py-2.5 text-left hover:bg-hover',
        selected &&
          'bg-selected before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-ink hover:bg-selected',
      )}
    >
      <span className="flex w-full flex-wrap items-center justify-between gap-x-2">
        <span className="font-semibold text-second [overflow-wrap:anywhere]">{template.name}</span>
        <CategoryChip category={template.category} />
      </span>
      <span dir="auto" className="line-clamp-1 w-full text-meta text-text2">
        {partOf(template, 'BODY')
          ?.text?.split('\n')[0]
          ?.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, '{$1}')}
      </span>
      <span className="text-meta text-text3">{facts.join(' · ')}</span>
    </button>
  )
}

function CategoryChip({ category }: { category: string }) {
  const { t } = useLingui()
  switch (category.toUpperCase()) {
    case 'UTILITY':
      return <Chip tone="info">{t`Utility`}</Chip>
    case 'MARKETING':
      return <Chip tone="bot">{t`Advertising`}</Chip>
    case 'AUTHENTICATION':
      return <Chip>{t`Login code`}</Chip>
    default:
      return <Chip>{category}</Chip>
  }
}
