import { useLingui } from '@lingui/react/macro'
import { Plus } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Conversation } from '../../api/types'
import { usePerson } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { withWords } from '../../i18n/language'
import { formatPhone } from '../../i18n/phone'
import { useKeys } from '../../keys/keymap'
import { Avatar } from '../../ui/Avatar'
import { IconButton } from '../../ui/IconButton'
import { useMinute } from '../../ui/useMinute'
import { LabelChip } from '../labels/LabelChip'
import { contactName } from '../words'

const LabelsDialog = lazy(() =>
  import('../labels/LabelsDialog').then(({ LabelsDialog }) => ({ default: LabelsDialog })),
)
const CustomerOrders = lazy(() =>
  withWords('order', import('../../order/CustomerOrders')).then(({ CustomerOrders }) => ({
    default: CustomerOrders,
  })),
)

/** What is known of a person, and how the conversation stands. */
export function PersonPane({ conversation }: { conversation: Conversation }) {
  const { t, i18n } = useLingui()
  const labelsKey = useKeys('labels')
  const [labelling, setLabelling] = useState(false)
  const mayChange = usePerson().rights.includes('assign')
  const format = useFormat()
  const { contact, number_name, state, assignee, waiting_since, closed_at, created_at, window_until } =
    conversation
  const name = contactName(contact)
  const now = useMinute()
  const moment = (at: string | null) => (at ? format.recent(new Date(at), now) : '')
  const states = {
    waiting: waiting_since ? t`Nobody has it since ${moment(waiting_since)}` : t`Nobody has it`,
    assigned: assignee ? t`${assignee.name} has it` : '',
    closed: closed_at ? t`Resolved ${moment(closed_at)}` : t`Resolved`,
  }

  return (
    <div className="px-4 py-5">
      <div className="mb-4 flex items-center gap-3">
        <Avatar id={contact.contact_id} name={name} of="customer" size={60} />
        <div className="min-w-0">
          <p className="font-semibold font-serif text-page [overflow-wrap:anywhere]">
            <bdi>{name}</bdi>
          </p>
          {contact.username ? (
            <p className="text-second text-text2 [overflow-wrap:anywhere]">{`@${contact.username}`}</p>
          ) : null}
        </div>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-second">
        <Line name={t`Phone`}>
          {contact.phone ? <span className="figures">{formatPhone(contact.phone)}</span> : null}
        </Line>
        <Line name={t`Profile name`}>{contact.profile_name !== name ? contact.profile_name : null}</Line>
        <Line name={t`Language`}>
          {contact.language ? languageName(contact.language, i18n.locale) : null}
        </Line>
        <Line name={t`Number`}>{number_name}</Line>
        <Line name={t`WhatsApp ID`}>
          {contact.bsuid ? <span className="font-mono text-meta">{contact.bsuid}</span> : null}
        </Line>
      </dl>
      <div className="mt-3 flex flex-wrap items-center gap-1.5">
        <ul aria-label={t`Labels`} className="contents">
          {conversation.labels.map((label) => (
            <li key={label.label_id} className="min-w-0">
              <LabelChip label={label} />
            </li>
          ))}
        </ul>
        {mayChange ? (
          <IconButton
            name={t`Labels`}
            keys={labelsKey}
            icon={<Plus size={15} strokeWidth={1.75} />}
            onClick={() => setLabelling(true)}
            className="size-6 rounded-full border border-line"
          />
        ) : null}
      </div>
      <Suspense fallback={null}>
        {labelling ? <LabelsDialog conversation={conversation} onClose={() => setLabelling(false)} /> : null}
      </Suspense>
      <Suspense fallback={null}>
        <CustomerOrders contact={contact.contact_id} />
      </Suspense>
      <h3 className="mt-5 mb-1.5 border-line border-t pt-4 font-semibold text-ui">{t`This conversation`}</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-second">
        <Line name={t`State`}>{states[state]}</Line>
        <Line name={t`Window`}>
          {window_until === null
            ? t`Never open`
            : new Date(window_until) > now
              ? t`Open until ${moment(window_until)}`
              : t`Closed ${moment(window_until)}`}
        </Line>
        <Line name={t`Since`}>{format.moment(new Date(created_at))}</Line>
      </dl>
    </div>
  )
}

/** A line that has nothing to say is left out. */
function Line({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null
  return (
    <>
      <dt className="text-text2">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  )
}

/** "pt_BR" is Brazilian Portuguese, in the reader's language; what Intl does not know stays as it came. */
function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code.replace('_', '-')) ?? code
  } catch {
    return code
  }
}
