import { LoaderCircle } from 'lucide-react'

/** Takes the place of a button's icon while it works; the button itself says `aria-busy`. */
export function Spinner({ size = 15 }: { size?: number }) {
  return <LoaderCircle aria-hidden size={size} className="animate-turn" />
}
