import { useLingui } from '@lingui/react/macro'
import { Link, useParams } from '@tanstack/react-router'
import { usePerson } from '../frame/session'
import { OrderSettingsPanel } from '../order/settings/OrderSettingsPanel'
import { cn } from '../ui/cn'
import { useMatch } from '../ui/useMatch'
import { DeskPanel } from './desk/DeskPanel'
import { KeysPanel } from './keys/KeysPanel'
import { LabelsPanel } from './labels/LabelsPanel'
import { MePanel } from './me/MePanel'
import { NumbersPanel } from './numbers/NumbersPanel'
import { PeoplePanel } from './people/PeoplePanel'
import { RepliesPanel } from './replies/RepliesPanel'
import { type Section, sections } from './sections'
import { TeamsPanel } from './teams/TeamsPanel'
import { WebhooksPanel } from './webhooks/WebhooksPanel'

const panels: Record<Section, () => React.ReactNode> = {
  me: MePanel,
  desk: DeskPanel,
  replies: RepliesPanel,
  labels: LabelsPanel,
  people: PeoplePanel,
  teams: TeamsPanel,
  numbers: NumbersPanel,
  orders: OrderSettingsPanel,
  webhooks: WebhooksPanel,
  keys: KeysPanel,
}

/** The sections on the left, one of them beside it; on a phone one after the other. */
export function SettingsPage() {
  const { t, i18n } = useLingui()
  const { rights } = usePerson()
  const asked = useParams({ strict: false }).section
  const narrow = useMatch('(width < 40rem)')
  const shown = sections.filter(({ right }) => !right || rights.includes(right))
  const chosen = shown.find(({ name }) => name === asked) ?? (asked || narrow ? undefined : shown[0])
  const Panel = chosen ? panels[chosen.name] : null

  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <div
        className={cn(
          'flex min-h-0 w-full shrink-0 flex-col border-line bg-surface sm:w-64 sm:border-r lg:w-89',
          asked && 'max-sm:hidden',
        )}
      >
        <header className="flex min-h-16 items-center px-4">
          <h1 className="font-semibold font-serif text-page">{t`Settings`}</h1>
        </header>
        <nav aria-label={t`Sections of the settings`} className="min-h-0 flex-1 overflow-y-auto">
          <ul className="border-line border-t">
            {shown.map(({ name, label, about, Icon }) => (
              <li key={name} className="border-line border-b">
                <Link
                  to="/settings/$section"
                  params={{ section: name }}
                  aria-current={chosen?.name === name ? 'page' : undefined}
                  className="focus-inside relative flex min-h-16 gap-3 px-4 py-2.5 before:absolute before:inset-y-0 before:left-0 before:w-0.75 hover:bg-hover aria-[current=page]:bg-selected aria-[current=page]:before:bg-ink"
                >
                  <Icon aria-hidden size={18} strokeWidth={1.75} className="mt-0.5 shrink-0 text-text2" />
                  <span className="min-w-0">
                    <span className="block font-semibold text-ui">{i18n._(label)}</span>
                    <span className="block text-meta text-text3">{i18n._(about)}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      <div className={cn('flex min-h-0 min-w-0 flex-1', !asked && 'max-sm:hidden')}>
        {/* On a phone the pane with the visible one is away. */}
        {asked ? <h1 className="sr-only sm:hidden">{t`Settings`}</h1> : null}
        {Panel ? (
          <Panel />
        ) : asked ? (
          <p className="m-auto px-6 text-center text-second text-text2">
            {t`There is no such section, or your role does not open it. Ask an owner or administrator.`}
          </p>
        ) : null}
      </div>
    </div>
  )
}
