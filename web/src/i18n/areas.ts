/** The languages Kontor speaks. The first one is the source and the fallback. */
export const languages = ['en', 'de', 'pt-BR', 'zh-CN'] as const
export type Language = (typeof languages)[number]

/**
 * Each area keeps its own catalogues in `src/<name>/messages/<language>.po`, beside the code that says the
 * words, so two people who work on two pages never meet in one file. A new page is one line here.
 */
export const areas = [
  { name: 'frame', include: ['ui', 'i18n', 'frame', 'keys'] },
  { name: 'errors', include: ['errors'] },
  { name: 'signin', include: ['signin'] },
  { name: 'inbox', include: ['inbox'] },
  { name: 'search', include: ['search'] },
  { name: 'listing', include: ['listing'] },
  { name: 'mentions', include: ['mentions'] },
  { name: 'keysheet', include: ['keysheet'] },
  { name: 'attention', include: ['attention'] },
  { name: 'settings', include: ['settings'] },
  { name: 'team', include: ['team'] },
  { name: 'order', include: ['order'] },
  { name: 'embed', include: ['embed'] },
  { name: 'sandbox', include: ['sandbox'] },
] as const
