import 'react'

declare module 'react' {
  interface CSSProperties {
    /** Read by the avatar-hue utility in tokens.css. */
    '--hue'?: number
  }
}
