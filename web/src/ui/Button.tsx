import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'
import { ariaKeys, Kbd } from './Kbd'
import { Spinner } from './Spinner'
import { Tooltip } from './Tooltip'

/** For a link that looks like a button: `<Link className={buttonClass({ variant: 'outline' })}>`. */
export const buttonClass = cva(
  'inline-flex select-none items-center justify-center gap-2 rounded-control border font-semibold transition-colors duration-120 pointer-coarse:min-h-11',
  {
    variants: {
      variant: {
        seal: 'border-transparent bg-seal text-on-seal hover:bg-seal-hover',
        ink: 'border-transparent bg-ink text-on-ink hover:bg-ink-hover',
        outline: 'border-line-strong bg-surface text-text hover:bg-hover',
        quiet: 'border-transparent text-text2 hover:bg-hover hover:text-text',
        danger: 'border-transparent bg-bad-solid text-on-bad hover:opacity-90',
        'danger-outline': 'border-bad bg-surface text-bad hover:bg-bad-tint',
      },
      size: {
        small: 'min-h-7 px-2.5 py-0.5 text-meta',
        normal: 'min-h-8.5 px-3.5 py-1 text-second',
        footer: 'min-h-10.5 px-4.5 py-2 text-ui',
      },
    },
    defaultVariants: { variant: 'outline', size: 'normal' },
  },
)

const refused = 'border-line bg-sunken text-text3 hover:bg-sunken hover:text-text3 hover:opacity-100'

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'>, VariantProps<typeof buttonClass> {
  /** Stands before the label; the spinner takes its place while busy, so the width stays. */
  icon?: ReactNode
  iconEnd?: ReactNode
  busy?: boolean
  /** The key that does the same, shown on wide screens. */
  keys?: string
  /** Why this cannot be done now. The button stays reachable and says so on focus, so there is no `disabled`. */
  disabledReason?: string
}

/**
 * The label is a verb and its object. `seal` sends something out of the house and stands once in a view;
 * `ink` is the main action of everything else; `danger` destroys.
 */
export function Button({
  variant,
  size,
  icon,
  iconEnd,
  busy = false,
  keys,
  disabledReason,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const blocked = busy || Boolean(disabledReason)
  const button = (
    <button
      {...rest}
      // A submit button that cannot act must not submit with the Enter key either.
      type={blocked ? 'button' : type}
      onClick={blocked ? undefined : onClick}
      aria-busy={busy || undefined}
      aria-disabled={blocked || undefined}
      aria-keyshortcuts={ariaKeys(keys)}
      className={cn(buttonClass({ variant, size }), disabledReason && refused, className)}
    >
      {busy && !(iconEnd && !icon) ? <Spinner /> : icon}
      {children}
      {busy && iconEnd && !icon ? <Spinner /> : iconEnd}
      {keys ? <Kbd>{keys}</Kbd> : null}
    </button>
  )
  return disabledReason ? <Tooltip text={disabledReason}>{button}</Tooltip> : button
}
