import { useLingui } from '@lingui/react/macro'
import type { BusinessNumber, Message } from '../../api/types'
import { explain } from '../../errors/meta'
import { numberCause } from '../../errors/number'
import { useFormat } from '../../i18n/format'
import { useMinute } from '../../ui/useMinute'

/** Why a message that WhatsApp does not have yet waits: what happened, that nothing was sent, what comes next. */
export function useWaitingWords(): (message: Message, number: BusinessNumber | undefined) => string {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const now = useMinute()

  return ({ waiting, errors }, number) => {
    const until = waiting?.until ? format.recent(new Date(waiting.until), now) : ''
    const stand = numberCause(number?.state_reason ?? '')
    const why = stand ? i18n._(stand) : ''
    switch (waiting?.reason) {
      case 'scheduled':
        return t`Nothing was sent yet: it leaves at its time, ${until}.`
      case 'under_way':
        return t`WhatsApp is being asked to take it.`
      case 'retrying': {
        const cause = i18n._(explain(errors[0]?.code).cause)
        return until
          ? t`Nothing was sent yet. ${cause} It is tried again by itself, next at ${until}.`
          : t`Nothing was sent yet. ${cause} It is tried again by itself.`
      }
      case 'number_paused':
        return until
          ? t`Nothing was sent yet: the number pauses until ${until}. ${why} The message leaves by itself.`
          : t`Nothing was sent yet: the number pauses. ${why} The message leaves by itself.`
      case 'number_stopped':
        return t`Nothing was sent: this business number does not send at the moment. ${why} The message leaves when the number sends again.`
      case 'messaging_limit':
        return t`Nothing was sent yet: this business has written to as many new people in 24 hours as WhatsApp allows. It leaves when a place is free, or when the customer writes.`
      default:
        return t`Nothing was sent yet: it waits its turn. It leaves by itself.`
    }
  }
}
