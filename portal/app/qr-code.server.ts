import { encode } from 'uqr'

export interface DrawnCode {
  size: number
  /** One path over all dark modules. */
  path: string
}

/** A QR code as one path, so that a page draws it itself and loads no image. */
export function drawCode(text: string): DrawnCode {
  const { data, size } = encode(text, { border: 2 })
  const runs = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: runs.join('') }
}
