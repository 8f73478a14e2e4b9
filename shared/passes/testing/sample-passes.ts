import { createPrivateKey, createPublicKey } from 'node:crypto'
import * as ids from '../../ids/ids.ts'
import { ed25519Signer, passKeyId, publicKeyBytes } from '../ed25519.ts'
import type { HeldPass, PaperPass, Pass, SignMessage } from '../pass.ts'
import { writeClaims } from '../pass-codec.ts'
import {
  holderMessage,
  issuerMessage,
  presentationText,
  type SignedPass,
  signedPassText,
  windowAt,
} from '../presentation.ts'

/** Key pair from 32 equal bytes; for tests only. */
export interface TestKeys {
  readonly publicKey: Uint8Array
  readonly keyId: string
  readonly sign: SignMessage
}

/** The same keys for the same `seed` (0 to 255) every time. */
export function testKeys(seed: number): TestKeys {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = publicKeyBytes(createPublicKey(key).export({ format: 'jwk' }).x ?? '') ?? new Uint8Array()
  const sign = ed25519Signer(key.export({ format: 'pem', type: 'pkcs8' }).toString())
  return { publicKey, keyId: passKeyId(publicKey), sign }
}

export const cloudKeys = testKeys(1)
export const siteKeys = testKeys(2)
export const holderKeys = testKeys(3)
/** Friday 20 November 2026, 10:00 in Berlin. */
export const issuedMs = Date.UTC(2026, 10, 20, 9)
const hourMs = 3_600_000

const frame = {
  passId: ids.passIdSchema.parse('ps_0123456789ABCDEF'),
  keyId: cloudKeys.keyId,
  issuer: 'cloud',
  audience: ids.siteIdSchema.parse('harbour-house'),
  issuedMs,
  fromMs: issuedMs,
  toMs: issuedMs + 24 * hourMs,
  doors: [],
  singlePassage: false,
} as const
const memberId = ids.memberIdSchema.parse('mb-ada')
const bookingId = ids.bookingIdSchema.parse('bk_0123456789abcdef012345678')
const block = {
  spaceId: ids.spaceIdSchema.parse('room-elm'),
  fromMs: issuedMs + hourMs,
  toMs: issuedMs + 2 * hourMs,
}
const loanId = ids.loanIdSchema.parse('ln_7Q2M4X4TA7Q2M4X4TA7Q')
const sessionId = ids.sessionIdSchema.parse('ss_7Q2M4X4TA7Q2M4X4TA7Q')
const held = { ...frame, holderKey: holderKeys.publicKey }
const paper = { ...frame, keyId: siteKeys.keyId, issuer: 'site', singlePassage: true } as const

/** A pass of a member who booked, inside a loan: the longest that is usual. */
export const bookingPass: HeldPass = { ...held, kind: 'booking', bookingId, memberId, loanId, block }

/** One pass of each kind. */
export const samplePasses: Readonly<Record<Pass['kind'], Pass>> = {
  booking: bookingPass,
  member: { ...held, kind: 'member', memberId, doors: [ids.doorIdSchema.parse('door-main')] },
  guest: { ...held, kind: 'guest', bookingId, guestId: ids.guestIdSchema.parse('gs_1'), block },
  ticket: { ...paper, kind: 'ticket', sessionId } satisfies PaperPass,
  receipt: { ...paper, kind: 'receipt', sessionId, paymentId: ids.paymentIdSchema.parse('py_1') },
  booking_receipt: {
    ...{ ...frame, singlePassage: true, kind: 'booking_receipt', bookingId, block },
    paymentId: ids.paymentIdSchema.parse('py_2'),
    paid: {
      ...{ amountMinor: 1440, taxMinor: 230, refundedMinor: 0, currency: 'EUR' },
      ...{ paidMs: issuedMs - hourMs, reference: 'HH-7Q2M4' },
    },
  },
}

/** Signs a pass as its issuer would. */
export function signPass(
  pass: Pass,
  by: TestKeys = pass.issuer === 'cloud' ? cloudKeys : siteKeys,
): SignedPass {
  const claims = writeClaims(pass)
  return { pass, claims, signature: by.sign(issuerMessage(claims)) }
}

/** What the holder's screen shows at `atMs`; paper shows itself. */
export function show(signed: SignedPass, atMs: number, holder: TestKeys = holderKeys): string {
  if (!('holderKey' in signed.pass)) return signedPassText(signed)
  const window = windowAt(atMs)
  return presentationText(signed, { window, signature: holder.sign(holderMessage(signed.pass, window)) })
}
