import { useLingui } from '@lingui/react/macro'
import { Chip } from '../ui/Chip'

/** The phones of the sandbox, its clock, its faults and its log. */
export function SandboxPage() {
  const { t } = useLingui()
  return (
    <main className="flex h-full flex-col">
      <header className="flex min-h-16 items-center gap-3 border-line border-b bg-surface px-7">
        <h1 className="font-semibold font-serif text-page">{t`Sandbox`}</h1>
        <Chip tone="info">{t`Plays Meta’s part, nothing leaves this machine`}</Chip>
      </header>
    </main>
  )
}
