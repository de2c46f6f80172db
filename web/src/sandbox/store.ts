import { after, type Change, emptyWorld, type World } from './world'

/**
 * Holds the world and tells the page when it has changed: at most once a frame, since a load test can bring
 * thousands of events in a second.
 */
export class Store {
  #world: World
  #listeners = new Set<() => void>()
  #told = true
  /** Changes that came while a snapshot was on its way; they are applied again after it. */
  #recordings = new Set<Change[]>()

  constructor(world: World = emptyWorld) {
    this.#world = world
  }

  /** An arrow, so that it can be handed to React as it is. */
  world = (): World => this.#world

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(change: Change): void {
    for (const recording of this.#recordings) recording.push(change)
    this.#apply(change)
  }

  /** Puts a snapshot under what happened while it was fetched, so that neither is lost. */
  async snapshot(fetch: () => Promise<Change[]>): Promise<void> {
    const recording: Change[] = []
    this.#recordings.add(recording)
    try {
      for (const change of await fetch()) this.#apply(change)
      // A chat that was opened meanwhile may have got its messages by a snapshot of its own.
      for (const change of recording) {
        if (change.is !== 'reset' && change.is !== 'chat') this.#apply(change)
      }
    } finally {
      this.#recordings.delete(recording)
    }
  }

  #apply(change: Change): void {
    this.#world = after(this.#world, change)
    if (!this.#told) return
    this.#told = false
    nextFrame(() => {
      this.#told = true
      for (const listener of this.#listeners) listener()
    })
  }
}

/** A page in the background has no frames, but its world goes on. */
function nextFrame(then: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(then)
  else setTimeout(then, 250)
}
