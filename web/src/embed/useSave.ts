import { useRefusalWords } from '../errors/refusals'
import { toast } from '../ui/Toast'
import { usePanelSession } from './data'

/** Fetches the file of a message with the panel's token and hands it to the browser to keep. */
export function useSave(): (messageId: string, name: string) => Promise<void> {
  const session = usePanelSession()
  const words = useRefusalWords()
  return async (messageId, name) => {
    try {
      const answer = await session.fetch(`panel/messages/${encodeURIComponent(messageId)}/file`)
      const link = document.createElement('a')
      // Without a type of its own, so that it is kept and never opened in this frame's name.
      link.href = URL.createObjectURL(
        new Blob([await answer.arrayBuffer()], { type: 'application/octet-stream' }),
      )
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    } catch (error) {
      toast({ text: words(error).text, tone: 'info' })
    }
  }
}
