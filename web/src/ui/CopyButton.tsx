import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { announce } from './announce'
import { Button } from './Button'

interface CopyButtonProps {
  /** What is put on the clipboard. */
  text: string
  children: ReactNode
  variant?: 'outline' | 'quiet' | 'ink'
  size?: 'small' | 'normal'
}

/** Copies something and says so on itself, so that nothing covers what was copied. */
export function CopyButton({ text, children, variant = 'outline', size = 'small' }: CopyButtonProps) {
  const { t } = useLingui()
  const [done, setDone] = useState<'copied' | 'refused' | null>(null)

  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(null), 2_500)
    return () => clearTimeout(timer)
  }, [done])

  async function copy() {
    const copied = await writeClipboard(text)
    setDone(copied ? 'copied' : 'refused')
    announce(copied ? t`Copied.` : t`The browser does not allow copying.`)
  }

  const icon = { 'aria-hidden': true, size: 13, strokeWidth: 2 } as const
  return (
    <Button
      variant={variant}
      size={size}
      icon={done === 'copied' ? <Check {...icon} className="text-ok" /> : <Copy {...icon} />}
      onClick={copy}
    >
      {done === 'refused' ? t`Not allowed` : children}
    </Button>
  )
}

async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
