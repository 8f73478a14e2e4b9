import { expect, test } from 'vitest'
import { mediaTypeOf } from './media-type.ts'

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((char) => char.charCodeAt(0)) : part)),
  )

test.each([
  ['PNG', bytes([0x89], 'PNG', [13, 10, 26, 10, 0]), 'image/png'],
  ['JPEG', bytes([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
  ['WebP', bytes('RIFF', [1, 0, 0, 0], 'WEBPVP8 '), 'image/webp'],
  ['another RIFF', bytes('RIFF', [1, 0, 0, 0], 'WAVE'), undefined],
  ['half a signature', bytes([0x89], 'PNG'), undefined],
  ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
  ['nothing', bytes(), undefined],
])('a picture is known by its first bytes: %s', (_, content, type) => {
  expect(mediaTypeOf(content)).toBe(type)
})
