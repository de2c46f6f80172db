import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { LiveRegion } from './LiveRegion'
import { Toaster } from './Toast'

/** What every page of ours needs around it, once. */
export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <Tooltip.Provider delayDuration={400}>
      {children}
      <Toaster />
      <LiveRegion />
    </Tooltip.Provider>
  )
}
