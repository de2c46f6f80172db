import { useMemo } from 'react'
import { encode } from 'uqr'

interface QrCodeProps {
  /** What a camera reads. It is drawn here and goes to nobody. */
  text: string
  /** What it is for, for screen readers; the text itself stands beside it. */
  name: string
  className?: string
}

/** Empty modules around the code: cameras need them to find it. */
const margin = 4

/** A QR code. Dark on light in both themes, because many cameras read nothing else. */
export function QrCode({ text, name, className }: QrCodeProps) {
  const { size, path } = useMemo(() => draw(text), [text])
  return (
    <svg
      role="img"
      aria-label={name}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className={className}
    >
      <rect width={size} height={size} className="fill-qr-ground" />
      <path d={path} className="fill-qr-ink" />
    </svg>
  )
}

/** One path for all dark modules: a run of them in a row is one rectangle. */
function draw(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: margin })
  const runs: string[] = []
  data.forEach((row, y) => {
    let begin = -1
    for (let x = 0; x <= row.length; x++) {
      if (row[x] && begin < 0) begin = x
      if (row[x] || begin < 0) continue
      runs.push(`M${begin} ${y}h${x - begin}v1h${begin - x}z`)
      begin = -1
    }
  })
  return { size, path: runs.join('') }
}
