import { useLingui } from '@lingui/react/macro'
import { Eye, PenLine } from 'lucide-react'
import type { Present } from '../../api/desk'
import { Avatar } from '../../ui/Avatar'
import { Tooltip } from '../../ui/Tooltip'
import { shortName } from '../words'
import { useColleagues } from './presence'

/** Who writes, as the last words of a row say it; null when nobody does. */
export function useWritingWords(conversation: string): string | null {
  const { t } = useLingui()
  const writing = useColleagues(conversation).filter(({ state }) => state === 'typing')
  const [first] = writing
  if (!first) return null
  return writing.length === 1
    ? t`${shortName(first.name)} is writing…`
    : t`${writing.length} colleagues are writing…`
}

/** Who writes, beside the field in which the reader would. */
export function Writing({ conversation }: { conversation: string }) {
  const words = useWritingWords(conversation)
  if (!words) return null
  return (
    <p className="ml-auto flex min-w-0 items-center gap-1.5 text-meta text-ok">
      <PenLine aria-hidden size={13} strokeWidth={2} className="shrink-0" />
      <span className="truncate">{words}</span>
    </p>
  )
}

/** The colleagues who are in this conversation too, in its header. */
export function Colleagues({ conversation }: { conversation: string }) {
  const { t } = useLingui()
  const people = useColleagues(conversation)
  if (people.length === 0) return null
  const said = (one: Present) =>
    one.state === 'typing' ? t`${one.name} is writing` : t`${one.name} is reading along`
  return (
    <ul aria-label={t`Colleagues here`} className="flex shrink-0 gap-1">
      {people.slice(0, 3).map((one) => (
        <li key={one.person_id}>
          <Tooltip text={said(one)}>
            <span className="relative block">
              <Avatar id={one.person_id} name={one.name} of="person" size={28} />
              <span className="absolute -end-1 -bottom-1 rounded-full border border-line bg-surface p-0.5 text-text2">
                {one.state === 'typing' ? (
                  <PenLine aria-hidden size={11} strokeWidth={2} />
                ) : (
                  <Eye aria-hidden size={11} strokeWidth={2} />
                )}
              </span>
              <span className="sr-only">{said(one)}</span>
            </span>
          </Tooltip>
        </li>
      ))}
      {people.length > 3 ? (
        <li className="self-center text-meta text-text2">{`+${people.length - 3}`}</li>
      ) : null}
    </ul>
  )
}

/** The colleagues who are in a conversation too, in its row. */
export function Onlookers({ conversation }: { conversation: string }) {
  const { t } = useLingui()
  const people = useColleagues(conversation)
  if (people.length === 0) return null
  const names = people.map(({ name }) => name).join(', ')
  const said = t`Here now: ${names}`
  return (
    <span title={said} className="flex shrink-0 items-center gap-1">
      <Eye aria-hidden size={13} strokeWidth={2} />
      {people.slice(0, 2).map(({ person_id, name }) => (
        <Avatar key={person_id} id={person_id} name={name} of="person" size={20} />
      ))}
      <span aria-hidden>{people.length > 2 ? `+${people.length - 2}` : null}</span>
      <span className="sr-only">{said}</span>
    </span>
  )
}
