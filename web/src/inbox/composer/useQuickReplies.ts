import { useLingui } from '@lingui/react/macro'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getQuickReplies } from '../../api/deskcalls'
import { keys } from '../data/queries'
import { useThread } from '../thread/ThreadContext'
import { askedBy } from './trigger'
import { useSuggestions } from './useSuggestions'

/**
 * The quick replies that `/` offers, best match first, with the placeholders of this conversation filled. `onText`
 * gets the whole field with the chosen one in it, and where it begins.
 */
export function useQuickReplies(
  text: string,
  cursor: number | null,
  onText: (text: string, from: number) => void,
) {
  const { t } = useLingui()
  const { conversation } = useThread()
  const id = conversation.conversation_id
  const question = cursor === null ? null : (askedBy('/', text, cursor)?.question ?? null)
  const { data, isPending, isError } = useQuery({
    queryKey: [...keys.quickReplies, 'for', id, question],
    queryFn: () => getQuickReplies(question ?? '', id),
    enabled: question !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const found = data ?? []
  const suggestions = useSuggestions({
    sign: '/',
    text,
    cursor,
    items: () =>
      found.slice(0, 20).map((reply) => ({
        id: reply.quick_reply_id,
        label: `/${reply.shortcut}`,
        detail: reply.filled ?? reply.text,
      })),
    onPick({ from, to }, item) {
      const reply = found.find((one) => one.quick_reply_id === item.id)
      if (reply) onText(text.slice(0, from) + (reply.filled ?? reply.text) + text.slice(to), from)
    },
  })
  const empty = isPending
    ? t`Looking…`
    : isError
      ? t`The quick replies could not be loaded.`
      : question
        ? t`No quick reply is called so.`
        : t`There are no quick replies yet. They are made in the settings.`
  return { ...suggestions, empty }
}
