interface MarkProps {
  size?: number
  className?: string
}

/** The stepped gable of a merchant's house over a ledger line. Decoration: the name stands in words elsewhere. */
export function Mark({ size = 28, className = 'text-seal' }: MarkProps) {
  return (
    <svg aria-hidden viewBox="0 0 28 28" width={size} height={size} fill="currentColor" className={className}>
      <path d="M10.5 2h7v3.5h3.5v4.5h4v10h-7.5v-3a3.5 3.5 0 0 0-7 0v3H3V10h4V5.5h3.5z" />
      <path d="M1.5 23.2h25V26h-25z" />
    </svg>
  )
}
