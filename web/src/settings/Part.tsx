import { type ReactNode, useId } from 'react'

interface PartProps {
  title: ReactNode
  /** One sentence: what this is for. */
  about?: ReactNode
  /** At most one button, beside the title. */
  action?: ReactNode
  children?: ReactNode
}

/** One matter of a panel, under a heading of its own. */
export function Part({ title, about, action, children }: PartProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className="max-w-160 border-line border-t py-5 first:border-t-0 first:pt-0 last:pb-0"
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h3 id={id} className="font-semibold font-serif text-name">
            {title}
          </h3>
          {about ? <p className="mt-0.5 text-pretty text-second text-text2">{about}</p> : null}
        </div>
        {action}
      </div>
      {children ? <div className="mt-3.5">{children}</div> : null}
    </section>
  )
}
