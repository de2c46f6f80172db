import type { ElementType, ReactNode } from 'react'

interface RemoveScrollProps {
  as?: ElementType
  children?: ReactNode
}

/**
 * Stands in for the package react-remove-scroll (see vite.config.ts), which Radix uses to stop the page from
 * scrolling behind a dialog. Our page never scrolls, only its panes do, and the package's <style> tag would
 * be refused by the content security policy.
 */
export function RemoveScroll({ as: As = 'div', children }: RemoveScrollProps) {
  return <As>{children}</As>
}
