import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

// jsdom has no window of any size: no query of the media matches.
window.matchMedia ??= (media) =>
  ({ media, matches: false, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList

afterEach(cleanup)
