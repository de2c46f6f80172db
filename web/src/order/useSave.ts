import type { Media } from '../api/content'
import type { Message } from '../api/types'
import { useRefusalWords } from '../errors/refusals'
import { toast } from '../ui/Toast'
import { useDesk } from './desk'

/** Fetches the file of a message and hands it to the browser to keep. */
export function useSave(): (message: Message, media: Media, name: string) => Promise<void> {
  const desk = useDesk()
  const words = useRefusalWords()
  return async (message, media, name) => {
    try {
      const link = document.createElement('a')
      // Without a type of its own, so that it is kept and never opened in the house's name.
      link.href = URL.createObjectURL(
        new Blob([await desk.file(message, media)], { type: 'application/octet-stream' }),
      )
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
  }
}
