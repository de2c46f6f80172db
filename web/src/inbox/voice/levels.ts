/** How many bars a voice message is drawn with. */
export const bars = 36

/** Loudness of one moment, 0 to 1: speech fills the range, silence stays at the bottom. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const effective = Math.sqrt(sum / Math.max(1, samples.length))
  return Math.min(1, effective * 4)
}

/** Draws a whole recording in a fixed number of bars: the loudest moment of each stretch. */
export function toBars(levels: readonly number[], count = bars): number[] {
  if (levels.length === 0) return Array.from({ length: count }, () => 0)
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / count)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / count))
    return Math.max(...levels.slice(from, to))
  })
}
