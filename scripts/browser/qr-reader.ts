import { notSeen } from './until.ts'

/*
 * Reads a QR code as a screen draws it: nothing to correct, so the codewords for correction are left out. Level L only,
 * versions 1 to 20 (ISO/IEC 18004).
 */
const correctionPerBlock = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28]
const blockCounts = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8]
const levelL = 1
const formatMask = 0x5412
const alphanumerics = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const modes = { end: 0, alphanumeric: 2, bytes: 4 } as const

/** Whether the module in column `x` of row `y` is dark. */
type Modules = (x: number, y: number) => boolean

/** The text of a code drawn as one path of unit squares, `M4 4h1v1h-1z…`, in a square `size` wide with a `border`. */
export function readQrPath(path: string, size: number, border: number): string {
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)h1/g)].map(([, x, y]) => `${x} ${y}`))
  return readQr((x, y) => dark.has(`${x + border} ${y + border}`), size - 2 * border)
}

function readQr(modules: Modules, size: number): string {
  const version = (size - 17) / 4
  const format = formatOf(modules)
  if (format >> 13 !== levelL || !(version <= blockCounts.length)) throw notSeen('no QR code of level L')
  const isMasked = masks[(format >> 10) & 7] ?? (() => false)
  const isDark: Modules = (x, y) => modules(x, y) !== isMasked(x, y)
  return textIn(dataOf(codewords(isDark, size, reserved(version, size)), version), version)
}

/** Level, mask and their own correction: 15 bits beside the upper left finder. */
function formatOf(modules: Modules): number {
  const places = [0, 1, 2, 3, 4, 5, 7, 8].map((y): [number, number] => [8, y])
  const along = [7, 5, 4, 3, 2, 1, 0].map((x): [number, number] => [x, 8])
  const bits = [...places, ...along].reduce((sum, [x, y], bit) => sum | (Number(modules(x, y)) << bit), 0)
  return bits ^ formatMask
}

const masks: readonly Modules[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** Which modules hold no data: finders, timing, alignment, format and version. */
function reserved(version: number, size: number): Modules {
  const centres = alignmentCentres(version, size)
  const last = centres.length - 1
  const isFinder = (i: number, j: number) =>
    (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)
  return (x, y) => {
    const [nearLeft, nearTop] = [x <= 8, y <= 8]
    const [nearRight, nearBottom] = [x >= size - 8, y >= size - 8]
    if ((nearTop && (nearLeft || nearRight)) || (nearBottom && nearLeft)) return true
    if (x === 6 || y === 6) return true
    if (version >= 7 && ((y < 6 && x >= size - 11) || (x < 6 && y >= size - 11))) return true
    return centres.some((cx, i) =>
      centres.some((cy, j) => !isFinder(i, j) && Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2),
    )
  }
}

function alignmentCentres(version: number, size: number): readonly number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  const others = Array.from({ length: count - 1 }, (_, at) => size - 7 - at * step)
  return [6, ...others.reverse()]
}

/** Two columns at a time, from the right, up and down by turns; the upright timing line is skipped. */
function codewords(isDark: Modules, size: number, isReserved: Modules): readonly number[] {
  const bits: number[] = []
  for (let pair = size - 1; pair >= 1; pair -= 2) {
    const right = pair <= 6 ? pair - 1 : pair
    for (let step = 0; step < size; step += 1) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) if (!isReserved(x, y)) bits.push(Number(isDark(x, y)))
    }
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  )
}

/** Blocks are laid out a codeword of each in turn; the first ones may be one shorter. */
function dataOf(all: readonly number[], version: number): readonly number[] {
  const count = blockCounts[version - 1] ?? 1
  const short = Math.floor(all.length / count) - (correctionPerBlock[version - 1] ?? 0)
  const shortCount = count - (all.length % count)
  const blocks = Array.from({ length: count }, (_, block) => {
    const own = Array.from({ length: short }, (_, at) => all[at * count + block] ?? 0)
    return block < shortCount ? own : [...own, all[short * count + block - shortCount] ?? 0]
  })
  return blocks.flat()
}

function textIn(data: readonly number[], version: number): string {
  let at = 0
  const take = (length: number): number => {
    let value = 0
    for (const end = at + length; at < end; at += 1) {
      value = value * 2 + (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    }
    return value
  }
  let text = ''
  while (data.length * 8 - at >= 4) {
    const mode = take(4)
    if (mode === modes.end) break
    if (mode === modes.alphanumeric) text += alphanumeric(take, take(version < 10 ? 9 : 11))
    else if (mode === modes.bytes) {
      const length = take(version < 10 ? 8 : 16)
      text += String.fromCharCode(...Array.from({ length }, () => take(8)))
    } else throw notSeen(`no QR code that this reads: mode ${mode}`)
  }
  return text
}

function alphanumeric(take: (length: number) => number, length: number): string {
  let text = ''
  while (text.length < length) {
    const pair = length - text.length >= 2
    const value = take(pair ? 11 : 6)
    text += pair ? (alphanumerics[Math.floor(value / 45)] ?? '') : ''
    text += alphanumerics[value % 45] ?? ''
  }
  return text
}
