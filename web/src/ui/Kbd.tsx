import { cn } from './cn'

interface KbdProps {
  /** One key or a chord as people say it: "E", "Ctrl K". */
  children: string
  className?: string
}

/** A key, shown where its action is; only on screens wide enough to have a keyboard. */
export function Kbd({ children, className }: KbdProps) {
  return (
    <kbd
      aria-hidden
      className={cn(
        'hidden min-w-5 items-center justify-center rounded-key border border-current px-1 font-normal font-sans text-[0.6875rem] leading-4 opacity-75 md:inline-flex',
        className,
      )}
    >
      {children}
    </kbd>
  )
}

/** The same key for `aria-keyshortcuts`, which wants "Control+K". */
export function ariaKeys(keys: string | undefined): string | undefined {
  return keys?.replace(/^Ctrl\b/, 'Control').replaceAll(' ', '+')
}
