import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import {
  type BrowserSession,
  endOtherSessions,
  endSession,
  getSessions,
  type SessionMethod,
} from '../../api/accounts'
import { signOut } from '../../frame/session'
import { useFormat } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { Chip } from '../../ui/Chip'
import { SkeletonRows } from '../../ui/Skeleton'
import { toast } from '../../ui/Toast'
import { useMinute } from '../../ui/useMinute'
import { AskDialog } from '../AskDialog'
import { LoadFailed } from '../LoadFailed'
import { Part } from '../Part'

export const sessionsKey = ['my-sessions'] as const

const methods: Readonly<Record<SessionMethod, MessageDescriptor>> = {
  password: msg`with the password`,
  link: msg`with a link`,
  passkey: msg`with a passkey`,
  sso: msg`with single sign-on`,
  setup: msg`at the set-up`,
  invitation: msg`with an invitation`,
}

/** The browsers in which the person is signed in; each can be signed out from here. */
export function SessionsPart() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const sessions = useQuery({ queryKey: sessionsKey, queryFn: getSessions })
  const [ending, setEnding] = useState<BrowserSession | 'others' | null>(null)
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0
  const again = () => queries.invalidateQueries({ queryKey: sessionsKey })
  return (
    <Part
      title={t`Where you are signed in`}
      about={t`If you do not know one of them, end it and change your password.`}
      action={
        others > 0 ? <Button onClick={() => setEnding('others')}>{t`End all others`}</Button> : undefined
      }
    >
      {sessions.isPending ? <SkeletonRows count={2} avatar={false} rowClassName="h-14" /> : null}
      {sessions.isError ? (
        <LoadFailed error={sessions.error} busy={sessions.isFetching} onRetry={() => sessions.refetch()} />
      ) : null}
      {sessions.data ? (
        <ul aria-label={t`Where you are signed in`} className="border-line-strong border-t">
          {sessions.data.map((session) => (
            <SessionRow key={session.session_id} session={session} onEnd={setEnding} />
          ))}
        </ul>
      ) : null}
      {ending === 'others' ? (
        <AskDialog
          title={t`End all other sessions?`}
          description={t`The other browsers (${others}) are signed out at once. This one stays.`}
          action={t`End the others`}
          onDo={async () => {
            const { ended } = await endOtherSessions()
            await again()
            toast({ text: t`Sessions ended: ${ended}` })
          }}
          onClose={() => setEnding(null)}
        />
      ) : ending ? (
        <AskDialog
          title={t`End the session in ${ending.device}?`}
          description={t`That browser is signed out at once. What was typed there stays there.`}
          action={t`End the session`}
          onDo={async () => {
            await endSession(ending.session_id)
            await again()
            toast({ text: t`Session ended: ${ending.device}` })
          }}
          onClose={() => setEnding(null)}
        />
      ) : null}
    </Part>
  )
}

interface SessionRowProps {
  session: BrowserSession
  onEnd: (session: BrowserSession) => void
}

function SessionRow({ session, onEnd }: SessionRowProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()
  const { device, method, address, created_at, last_seen_at, current } = session
  const known = methods[method]
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <MonitorSmartphone aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text2" />
      <div className="min-w-0 flex-1 basis-44">
        <p className="flex flex-wrap items-center gap-2 font-semibold text-ui">
          <span className="[overflow-wrap:anywhere]">{device || t`Unknown browser`}</span>
          {current ? <Chip tone="ok" className="font-normal">{t`this one`}</Chip> : null}
        </p>
        <p className="text-meta text-text3">
          {current ? t`in use` : t`last used ${format.recent(new Date(last_seen_at), now)}`}
          {' · '}
          {t`since ${format.moment(new Date(created_at))}`}
          {known ? ` ${i18n._(known)}` : ''}
          {address ? <span className="figures">{` · ${address}`}</span> : null}
        </p>
      </div>
      {current ? (
        <Button size="small" variant="quiet" onClick={() => void signOut()}>
          {t`Sign out`}
        </Button>
      ) : (
        <Button
          size="small"
          variant="quiet"
          aria-label={t`End the session in ${device}`}
          onClick={() => onEnd(session)}
        >
          {t`End`}
        </Button>
      )}
    </li>
  )
}
