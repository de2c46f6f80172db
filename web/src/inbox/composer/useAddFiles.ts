import { useLingui } from '@lingui/react/macro'
import { useFormat } from '../../i18n/format'
import { announce } from '../../ui/announce'
import { toast } from '../../ui/Toast'
import { useShelf } from '../data/shelf'
import type { FileCheck } from './files'

/** Puts files beside the field, and says of each that WhatsApp does not take why. */
export function useAddFiles(conversation: string): (files: Iterable<File>) => void {
  const { t } = useLingui()
  const format = useFormat()
  const shelf = useShelf()

  function reason(name: string, check: FileCheck): string {
    if (!('problem' in check)) return ''
    switch (check.problem) {
      case 'type':
        return t`${name}: WhatsApp does not take ${check.ending} files. Send a JPEG, PNG, MP4, MP3 or PDF, or an Office file.`
      case 'size':
        return t`${name} is larger than ${format.bytes(check.limit)}, the most that WhatsApp takes of this kind.`
      case 'empty':
        return t`${name} is empty.`
    }
  }

  return (files) => {
    for (const { name, check } of shelf.add(conversation, files)) {
      const text = reason(name, check)
      toast({ text, tone: 'info' })
      announce(text)
    }
  }
}
