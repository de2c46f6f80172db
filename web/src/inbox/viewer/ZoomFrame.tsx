import { type PointerEvent, type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { cn } from '../../ui/cn'
import { closest, further, nearer, pan, type View, whole, zoom } from './zoom'

export interface ZoomHandle {
  nearer: () => void
  further: () => void
  whole: () => void
}

interface ZoomFrameProps {
  handle: RefObject<ZoomHandle | null>
  src: string
  name: string
  /** A finger went sideways over the whole picture: -1 to the one before, 1 to the next. */
  onSwipe: (by: -1 | 1) => void
}

/** So far must a finger go, in px, to mean the next picture. */
const swipe = 60

/** A picture that can be brought nearer and moved: by keys, wheel, two fingers, a double click. */
export function ZoomFrame({ handle, src, name, onSwipe }: ZoomFrameProps) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<View>(whole)
  const pointers = useRef(new Map<number, { x: number; y: number }>()).current
  const began = useRef(0)

  const size = () => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = box.current ?? {}
    return { width, height }
  }
  /** Px from the middle of the frame. */
  const point = (at: { clientX: number; clientY: number }) => {
    const { left = 0, top = 0, width = 0, height = 0 } = box.current?.getBoundingClientRect() ?? {}
    return { x: at.clientX - left - width / 2, y: at.clientY - top - height / 2 }
  }

  useImperativeHandle(handle, () => ({
    nearer: () => setView((now) => nearer(now, size())),
    further: () => setView((now) => further(now, size())),
    whole: () => setView(whole),
  }))

  // React listens to the wheel passively, and the page must not scroll under the picture.
  useEffect(() => {
    const element = box.current
    if (!element) return
    function onWheel(event: WheelEvent) {
      event.preventDefault()
      setView((now) => zoom(now, Math.exp(-event.deltaY / 300), size(), point(event)))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  })

  function onPointerDown(event: PointerEvent<HTMLElement>) {
    event.currentTarget.setPointerCapture(event.pointerId)
    if (pointers.size === 0) began.current = event.clientX
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  }

  function onPointerMove(event: PointerEvent) {
    const before = pointers.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at)
    if (other) {
      const apart = (at: { x: number; y: number }) => Math.hypot(at.x - other.x, at.y - other.y)
      const middle = point({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 })
      setView((view) => zoom(view, apart(now) / Math.max(1, apart(before)), size(), middle))
    } else setView((view) => pan(view, now.x - before.x, now.y - before.y, size()))
    pointers.set(event.pointerId, now)
  }

  function onPointerUp(event: PointerEvent) {
    const alone = pointers.size === 1
    pointers.delete(event.pointerId)
    const went = event.clientX - began.current
    if (alone && event.pointerType === 'touch' && view.scale === 1 && Math.abs(went) > swipe) {
      const backwards = document.dir === 'rtl' ? went < 0 : went > 0
      onSwipe(backwards ? -1 : 1)
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons and keys of the viewer do the same
    <div
      ref={box}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={(event) => pointers.delete(event.pointerId)}
      onDoubleClick={(event) =>
        setView(view.scale > 1 ? whole : zoom(view, closest / 2, size(), point(event)))
      }
      className={cn(
        'flex min-h-0 min-w-0 flex-1 touch-none select-none items-center justify-center overflow-hidden',
        view.scale > 1 ? 'cursor-grab active:cursor-grabbing' : 'cursor-zoom-in',
      )}
    >
      <img
        src={src}
        alt={name}
        draggable={false}
        data-scale={view.scale.toFixed(2)}
        style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        className="max-h-full max-w-full object-contain"
      />
    </div>
  )
}
