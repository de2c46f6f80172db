/** How a picture lies in its frame: 1 fits it, x and y shift it in px from the middle. */
export interface View {
  scale: number
  x: number
  y: number
}

export const whole: View = { scale: 1, x: 0, y: 0 }

/** Beyond this there is nothing more to see in a picture of 5 MB. */
export const closest = 8

const step = 1.5

interface Size {
  width: number
  height: number
}

/** Nearer or further by a factor, so that the point (px from the middle) stays where it is. */
export function zoom(view: View, factor: number, frame: Size, at = { x: 0, y: 0 }): View {
  const scale = Math.min(closest, Math.max(1, view.scale * factor))
  const by = scale / view.scale
  return hold({ scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by }, frame)
}

export const nearer = (view: View, frame: Size) => zoom(view, step, frame)
export const further = (view: View, frame: Size) => zoom(view, 1 / step, frame)

export function pan(view: View, x: number, y: number, frame: Size): View {
  return hold({ ...view, x: view.x + x, y: view.y + y }, frame)
}

/** A picture is never pushed out of its frame: its edge goes to the middle at most. */
function hold({ scale, x, y }: View, { width, height }: Size): View {
  const reach = (length: number) => (length * (scale - 1)) / 2
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value)) || 0
  return { scale, x: within(x, reach(width)), y: within(y, reach(height)) }
}
