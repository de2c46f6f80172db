import { useLingui } from '@lingui/react/macro'
import { Chip } from '../../ui/Chip'
import { stateOf } from './words'

/** The state of a template; one that this page does not know keeps Meta's word. */
export function StateChip({ status }: { status: string }) {
  const { i18n } = useLingui()
  const state = stateOf(status)
  if (!state) return <Chip>{status}</Chip>
  const { Icon, tone, label } = state
  return (
    <Chip tone={tone} icon={<Icon aria-hidden size={13} strokeWidth={2} />}>
      {i18n._(label)}
    </Chip>
  )
}
