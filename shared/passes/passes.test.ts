import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { siteIdSchema } from '../ids/ids.ts'
import { fromBase32, toBase32 } from './base32.ts'
import { ed25519Verifier, isUsableKey } from './ed25519.ts'
import { type Pass, type PassDisbelieved, passKinds } from './pass.ts'
import { readClaims, writeClaims } from './pass-codec.ts'
import { presentationCharsMax, readPresentation, windowMs } from './presentation.ts'
import {
  bookingPass,
  cloudKeys,
  holderKeys,
  issuedMs,
  samplePasses,
  show,
  signPass,
  siteKeys,
  testKeys,
} from './testing/sample-passes.ts'
import { clockDifferenceMaxMs, keyHonouredMs, type PassKnowledge, verifyPass } from './verify-pass.ts'

const golden: Record<string, string> = JSON.parse(
  readFileSync(new URL('./testing/golden-passes.json', import.meta.url), 'utf8'),
)
const nowMs = issuedMs + 3_600_000
const verify = ed25519Verifier()
const knowledge: PassKnowledge = {
  siteId: siteIdSchema.parse('harbour-house'),
  at: { wallMs: nowMs, quality: 'trusted' },
  keyOf: (keyId) =>
    new Map([
      [cloudKeys.keyId, { publicKey: cloudKeys.publicKey, issuer: 'cloud' as const, useFromMs: 0 }],
      [siteKeys.keyId, { publicKey: siteKeys.publicKey, issuer: 'site' as const, useFromMs: 0 }],
    ]).get(keyId),
  isRevoked: () => false,
  verify,
}
const decide = (text: string, change: Partial<PassKnowledge> = {}): string => {
  const read = readPresentation(text)
  if (!read.ok) return read.error
  const verified = verifyPass(read.value, { ...knowledge, ...change })
  return verified.ok ? 'believed' : verified.error
}
const at = (wallMs: number): Partial<PassKnowledge> => ({ at: { wallMs, quality: 'trusted' } })
const shown = (change: Partial<Pass> = {}, atMs = nowMs) =>
  show(signPass({ ...bookingPass, ...change } as Pass), atMs)

describe('the text of a pass', () => {
  test.each(passKinds)('of a %s is as it always was, and reads back as it was written', (kind) => {
    const text = show(signPass(samplePasses[kind]), nowMs)
    expect(text).toBe(golden[kind])
    const read = readPresentation(golden[kind] ?? '')
    expect(read.ok && read.value.pass).toEqual(samplePasses[kind])
    expect(decide(golden[kind] ?? '')).toBe('believed')
  })

  test('of a booking inside a loan fits a code of version 12, in its dense mode', () => {
    const text = shown()
    expect(text).toMatch(/^[0-9A-Z]+$/)
    // ISO/IEC 18004, table 7: version 12, level L holds 535 alphanumeric characters.
    expect(text.length).toBeLessThanOrEqual(535)
  })

  test('is refused by name when version, algorithm or kind are not known', () => {
    const claims = [...writeClaims(bookingPass)]
    const codes = [0, 1, 2].map((place) => {
      const read = readClaims(Uint8Array.from(claims.with(place, 9)))
      return read.ok ? 'read' : read.error
    })
    expect(codes).toEqual(['pass_version_unknown', 'pass_algorithm_unknown', 'pass_kind_unknown'])
  })

  test('is refused as truncated at every length, and as malformed with anything behind', () => {
    const text = shown()
    for (let length = 3; length < text.length; length += 1) {
      expect(decide(text.slice(0, length))).toBe('pass_truncated')
    }
    expect(decide(`${text}00000000`)).toBe('pass_malformed')
    expect(decide('0'.repeat(presentationCharsMax + 1))).toBe('pass_too_long')
  })

  test('has one spelling: flags nobody knows, an empty validity and lower case are malformed', () => {
    const claims = writeClaims(bookingPass)
    const withFlag = claims.with(3, (claims[3] ?? 0) | 8)
    expect(readClaims(withFlag)).toEqual({ ok: false, error: 'pass_malformed' })
    const empty = writeClaims({ ...bookingPass, toMs: bookingPass.fromMs })
    expect(readClaims(empty)).toEqual({ ok: false, error: 'pass_malformed' })
    expect(decide(shown().toLowerCase())).toBe('pass_malformed')
  })

  test('never throws, whatever is scanned', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(fromBase32(toBase32(bytes))).toEqual(bytes)
        const read = readClaims(bytes)
        if (read.ok) expect(writeClaims(read.value.pass).length).toBeGreaterThan(60)
        expect(decide(`GHP${toBase32(bytes)}`)).toMatch(/^pass_/)
      }),
      { numRuns: 2_000 },
    )
    fc.assert(fc.property(fc.string(), (text) => decide(text) !== 'believed'))
  })

  test('with any one byte changed is not believed', () => {
    const bytes = fromBase32(shown().slice(3)) ?? new Uint8Array()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = bytes.with(place, (bytes[place] ?? 0) ^ change)
        expect(decide(`GHP${toBase32(changed)}`)).not.toBe('believed')
      }),
      { numRuns: 500 },
    )
  })
})

describe('a pass', () => {
  const refused: Readonly<Record<PassDisbelieved, () => string>> = {
    pass_key_unknown: () => decide(shown(), { keyOf: () => undefined }),
    pass_forged: () => decide(show(signPass(bookingPass, testKeys(9)), nowMs)),
    pass_not_presented: () => decide(onPaper()),
    presentation_forged: () => decide(show(signPass(bookingPass), nowMs, testKeys(9))),
    pass_foreign: () => decide(shown(), { siteId: siteIdSchema.parse('quay-street') }),
    pass_key_retired: () => decide(shown(), { keyOf: () => keyUsedTo(issuedMs - clockDifferenceMaxMs) }),
    pass_revoked: () => decide(shown(), { isRevoked: (id) => id === bookingPass.passId }),
    clock_untrusted: () => decide(shown(), { at: { wallMs: nowMs, quality: 'untrusted' } }),
    pass_from_future: () => decide(shown({ issuedMs: nowMs + clockDifferenceMaxMs + 1_000 })),
    pass_not_yet_valid: () => decide(shown({ fromMs: nowMs + clockDifferenceMaxMs + 1_000 })),
    pass_expired: () => decide(shown({}, bookingPass.toMs), at(bookingPass.toMs)),
    presentation_expired: () => decide(shown(), at(nowMs + 2 * windowMs)),
    presentation_early: () => decide(shown({}, nowMs + 2 * windowMs)),
  }
  const keyUsedTo = (useToMs: number) => ({
    publicKey: cloudKeys.publicKey,
    issuer: 'cloud' as const,
    useFromMs: 0,
    useToMs,
  })
  /** The pass itself, copied without the holder's signature. */
  const onPaper = () => {
    const bytes = fromBase32(shown().slice(3)) ?? new Uint8Array()
    return `GHP${toBase32(bytes.with(0, 1).subarray(0, bytes.length - 68))}`
  }

  test.each(Object.entries(refused))('is refused as %s', (code, decision) => {
    expect(decision()).toBe(code)
  })

  test('counts in its window and one before and after it', () => {
    for (const windows of [-1, 0, 1]) expect(decide(shown(), at(nowMs + windows * windowMs))).toBe('believed')
  })

  test('counts until the last millisecond of its validity', () => {
    expect(decide(shown({}, bookingPass.toMs - 1), at(bookingPass.toMs - 1))).toBe('believed')
  })

  test('is honoured 30 days after the use of its key has ended', () => {
    const useToMs = nowMs - keyHonouredMs
    const old = { issuedMs: useToMs - 1_000, fromMs: useToMs - 1_000, toMs: nowMs + 1_000 }
    const keyOf = () => keyUsedTo(useToMs)
    expect(decide(shown(old), { keyOf })).toBe('pass_key_retired')
    expect(decide(shown(old, nowMs - 1), { keyOf, ...at(nowMs - 1) })).toBe('believed')
  })

  test('of a site is not one of the cloud, whoever signed it', () => {
    const claimed = signPass({ ...bookingPass, issuer: 'cloud', keyId: siteKeys.keyId }, siteKeys)
    expect(decide(show(claimed, nowMs))).toBe('pass_key_unknown')
  })

  test('does not take the signature of its holder over another pass, site or window', () => {
    const other = signPass({ ...bookingPass, passId: samplePasses.ticket.passId.replace('F', '0') as never })
    const text = show(signPass(bookingPass), nowMs)
    const graft = `${show(other, nowMs).slice(0, -103)}${text.slice(-103)}`
    expect(decide(graft)).not.toBe('believed')
  })
})

describe('the key of a holder', () => {
  test('is any point of the curve but those under which everybody can sign', () => {
    expect(isUsableKey(holderKeys.publicKey)).toBe(true)
    expect(isUsableKey(new Uint8Array(31))).toBe(false)
    expect(isUsableKey(new Uint8Array(32))).toBe(false)
    expect(isUsableKey(Uint8Array.from([1, ...new Uint8Array(31)]))).toBe(false)
    expect(isUsableKey(Uint8Array.from([1, ...new Uint8Array(30), 0x80]))).toBe(false)
  })
})
