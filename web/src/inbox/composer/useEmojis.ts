import { useQuery } from '@tanstack/react-query'
import { asksForEmoji } from '../../emoji/asks'
import { currentLanguage } from '../../i18n/language'
import { askedBy } from './trigger'
import { useSuggestions } from './useSuggestions'

/**
 * The emojis that a colon and two letters offer. `onText` gets the whole field with the chosen one in it, and where
 * the cursor goes. The names come when they are asked for the first time.
 */
export function useEmojis(
  text: string,
  cursor: number | null,
  onText: (text: string, cursor: number) => void,
) {
  const language = currentLanguage()
  const question = (cursor === null ? null : askedBy(':', text, cursor)?.question) ?? ''
  const asks = asksForEmoji(question)
  const { data } = useQuery({
    queryKey: ['emoji', language],
    queryFn: () =>
      Promise.all([import('../../emoji/find'), import('../../emoji/names')]).then(
        async ([{ findEmoji }, { emojisIn }]) => {
          const all = await emojisIn(language)
          return (asked: string) => findEmoji(all, asked)
        },
      ),
    enabled: asks,
    staleTime: Number.POSITIVE_INFINITY,
    // A function is compared with nothing.
    structuralSharing: false,
  })
  const suggestions = useSuggestions({
    sign: ':',
    text,
    cursor,
    items: (asked) =>
      asks && data ? data(asked).map(([sign, name]) => ({ id: sign, label: sign, detail: name })) : [],
    onPick({ from, to }, { label }) {
      const rest = text.slice(to)
      const put = `${label}${/^\s/.test(rest) ? '' : ' '}`
      onText(text.slice(0, from) + put + rest, from + put.length)
    },
  })
  // Most colons are only colons: without anything to offer there is no list, and no key of it.
  return suggestions.list.length > 0
    ? suggestions
    : { ...suggestions, open: false, aria: {}, onKey: () => false }
}
