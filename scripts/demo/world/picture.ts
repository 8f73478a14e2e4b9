import { crc32, deflateSync } from 'node:zlib'

const width = 480
const height = 270

type Colour = readonly [red: number, green: number, blue: number]

/** A drawing of a house from the street: sky, ground, a wall with a door and rows of windows. */
export interface HouseSketch {
  readonly sky: Colour
  readonly ground: Colour
  readonly wall: Colour
  readonly window: Colour
  readonly floors: number
  readonly windowsPerFloor: number
}

/** Draws a house as a PNG file (480 × 270, 8 bits a channel); the same sketch gives the same bytes. */
export function drawHouse(sketch: HouseSketch): Uint8Array {
  const rows = Array.from({ length: height }, (_, y) => {
    const line = Buffer.alloc(1 + width * 3)
    for (let x = 0; x < width; x += 1) line.set(colourAt(sketch, x, y), 1 + x * 3)
    return line
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits a channel, RGB, no interlace (PNG, 3rd edition, §11.2.1).
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.concat(rows), { level: 9 })
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function colourAt({ sky, ground, wall, window, floors, windowsPerFloor }: HouseSketch, x: number, y: number) {
  if (y >= 220) return ground
  const [left, top, right] = [60, 50, 420]
  if (x < left || x >= right || y < top) return sky
  if (x >= 225 && x < 255 && y >= 175) return ground
  const across = ((x - left) / (right - left)) * windowsPerFloor
  const down = ((y - top) / (220 - top)) * floors
  const within = (part: number) => part % 1 > 0.28 && part % 1 < 0.72
  return within(across) && within(down) ? window : wall
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
