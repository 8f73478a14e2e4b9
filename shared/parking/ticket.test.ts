import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../random/random.ts'
import { newTicket, readTicket } from './ticket.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ticket = fc.integer({ min: 1 }).map((seed) => newTicket(new SeededRandom(seed)))

describe('ticket codes', () => {
  test('read back as written, however they are typed', () => {
    fc.assert(
      fc.property(ticket, (code) => {
        expect(readTicket(code)).toBe(code)
        expect(readTicket(code.toLowerCase().replace('-', ' '))).toBe(code)
        expect(readTicket(code.replace(/0/g, 'O').replace(/1/g, 'l'))).toBe(code)
      }),
    )
  })

  test('one wrong character is always noticed', () => {
    fc.assert(
      fc.property(ticket, fc.nat(7), fc.constantFrom(...alphabet), (code, at, char) => {
        const plain = code.replace('-', '')
        fc.pre(plain[at] !== char)
        expect(readTicket(plain.slice(0, at) + char + plain.slice(at + 1))).toBeUndefined()
      }),
    )
  })

  test('two swapped neighbours are always noticed', () => {
    fc.assert(
      fc.property(ticket, fc.nat(6), (code, at) => {
        const plain = [...code.replace('-', '')]
        const [a = '', b = ''] = plain.slice(at, at + 2)
        fc.pre(a !== b)
        plain.splice(at, 2, b, a)
        expect(readTicket(plain.join(''))).toBeUndefined()
      }),
    )
  })

  test.each(['', 'UUUU-UUUU', '1234', '7Q2M-X4TAA', 'ÄÖÜ'])('refuses %j', (text) => {
    expect(readTicket(text)).toBeUndefined()
  })
})
