import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { LanguageThemeChoices } from '../i18n/LanguageThemeChoices'
import { Button } from '../ui/Button'
import { Mark } from '../ui/Mark'
import { Menu } from '../ui/Menu'

interface DoorPageProps {
  title: ReactNode
  children: ReactNode
}

/** A page in front of the house: one thing to do, and the language and appearance in which to do it. */
export function DoorPage({ title, children }: DoorPageProps) {
  const { t } = useLingui()
  return (
    <main className="h-full overflow-y-auto px-4 py-6">
      {/* Centred as long as there is room; margins, because a centred flex child cannot be scrolled to its top. */}
      <div className="flex min-h-full flex-col">
        <div className="m-auto flex w-full max-w-100 flex-col gap-4">
          <div className="flex items-center gap-3">
            <Mark size={40} className="shrink-0 text-seal" />
            <h1 className="min-w-0 font-semibold font-serif text-page [overflow-wrap:anywhere]">{title}</h1>
          </div>
          {children}
          <div className="border-line border-t pt-3">
            <Menu
              align="start"
              trigger={
                <Button variant="quiet" size="small" className="-ms-2.5">
                  {t`Language and appearance`}
                </Button>
              }
            >
              <LanguageThemeChoices />
            </Menu>
          </div>
        </div>
      </div>
    </main>
  )
}
