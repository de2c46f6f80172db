import { useLingui } from '@lingui/react/macro'
import { Plus, RotateCcw, Settings } from 'lucide-react'
import { LanguageThemeChoices } from '../i18n/LanguageThemeChoices'
import { Button } from '../ui/Button'
import { Chip } from '../ui/Chip'
import { IconButton } from '../ui/IconButton'
import { Mark } from '../ui/Mark'
import { Menu } from '../ui/Menu'

interface PageHeaderProps {
  onStartAnew: () => void
  onAddPhone: () => void
}

export function PageHeader({ onStartAnew, onAddPhone }: PageHeaderProps) {
  const { t } = useLingui()
  return (
    <header className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-surface px-7 py-2 max-sm:px-3.5">
      <Mark size={28} />
      <h1 className="font-semibold font-serif text-page">{t`Sandbox`}</h1>
      <Chip tone="info" className="max-sm:order-last">
        {t`Plays Meta’s part, nothing leaves this machine`}
      </Chip>
      <div className="ml-auto flex items-center gap-2">
        <span className="flex gap-3 max-sm:hidden">
          <Button
            variant="quiet"
            className="border-line"
            icon={<RotateCcw aria-hidden size={15} strokeWidth={1.75} />}
            onClick={onStartAnew}
          >
            {t`Start anew`}
          </Button>
          <Button icon={<Plus aria-hidden size={15} strokeWidth={1.75} />} onClick={onAddPhone}>
            {t`Add phone`}
          </Button>
        </span>
        <span className="flex sm:hidden">
          <IconButton
            name={t`Start anew`}
            icon={<RotateCcw size={18} strokeWidth={1.75} />}
            onClick={onStartAnew}
          />
          <IconButton name={t`Add phone`} icon={<Plus size={20} strokeWidth={1.75} />} onClick={onAddPhone} />
        </span>
        <Menu
          trigger={
            <IconButton name={t`Language and appearance`} icon={<Settings size={18} strokeWidth={1.75} />} />
          }
        >
          <LanguageThemeChoices />
        </Menu>
      </div>
    </header>
  )
}
