import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineFramer, lineBytesMax } from './line-framer.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

test.each(['\r', '\n', '\r\n', '\n\r'])('ends a line at %j', (ending) => {
  const framer = new LineFramer()
  expect(framer.receive(bytes(`01:C:1${ending}01:C:2${ending}`)).lines).toEqual(['01:C:1', '01:C:2'])
})

test('reads a line that comes byte by byte', () => {
  const framer = new LineFramer()
  const lines = [...bytes('01:C:42\r\n')].flatMap((byte) => framer.receive(Uint8Array.of(byte)).lines)
  expect(lines).toEqual(['01:C:42'])
})

test('drops a line with strange bytes as a whole and reads the next', () => {
  const framer = new LineFramer()
  const framed = framer.receive(bytes('01:\xffC:1\r01:C:2\r'))
  expect(framed).toEqual({ lines: ['01:C:2'], garbageBytes: 7 })
})

test('reads a line of the greatest length, drops a longer one without keeping it', () => {
  const framer = new LineFramer()
  const longest = 'x'.repeat(lineBytesMax)
  expect(framer.receive(bytes(`${longest}\r`)).lines).toEqual([longest])
  const framed = framer.receive(bytes(`${longest}yyy\rok\r`))
  expect(framed).toEqual({ lines: ['ok'], garbageBytes: lineBytesMax + 3 })
})

test('an unfinished line says nothing and is forgotten at a new connection', () => {
  const framer = new LineFramer()
  expect(framer.receive(bytes('01:C:12'))).toEqual({ lines: [], garbageBytes: 0 })
  framer.reset()
  expect(framer.receive(bytes('34\r')).lines).toEqual(['34'])
})

test('gives the same lines however the bytes are cut, and finds a good line behind any garbage', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (pieces) => {
      const whole = new LineFramer().receive(Uint8Array.from(pieces.flatMap((piece) => [...piece]))).lines
      const framer = new LineFramer()
      expect(pieces.flatMap((piece) => framer.receive(piece).lines)).toEqual(whole)
      expect(framer.receive(bytes('\rgood\r')).lines.at(-1)).toBe('good')
    }),
  )
})
