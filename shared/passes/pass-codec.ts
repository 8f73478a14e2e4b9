import * as ids from '../ids/ids.ts'
import { assertNever, err, ok, type Result } from '../result/result.ts'
import { fromBase32, toBase32 } from './base32.ts'
import { ByteReader, ByteWriter } from './byte-stream.ts'
import {
  isHeld,
  type PaidForBooking,
  type Pass,
  type PassBlock,
  type PassKind,
  type PassUnreadable,
} from './pass.ts'

/*
 * The claims of a pass, version 1. Numbers are big-endian, times whole seconds since the Unix epoch, ids their length
 * in one byte and then ASCII.
 *
 *   version 1 · algorithm 1 (Ed25519) · kind 1 · flags 1 · key id 8 · issuer 1 · pass id 10
 *   issued 4 · from 4 · to 4 · [holder key 32: kinds 1 to 3] · audience · one or two ids by kind
 *   [loan id: flag 1] · [space id, from 4, to 4: flag 2]
 *   [amount 8 · tax 8 · refunded 8 · paid at 4 · currency · reference: kind 6] · count of doors 1 · their ids
 */
const version = 1
const algorithm = 1
const flag = { loan: 1, block: 2, singlePassage: 4 } as const
const flagsAll = 7
const passIdBytes = 10
const passIdPrefix = 'ps_'
const keyIdBytes = 8
const holderKeyBytes = 32
const doorsMax = 4
/** Longest claims that are read, in bytes; a usual pass has 120 to 200. */
export const claimsBytesMax = 640

const kindNumbers: Readonly<Record<PassKind, number>> = {
  booking: 1,
  member: 2,
  guest: 3,
  ticket: 4,
  receipt: 5,
  booking_receipt: 6,
}
const kindsByNumber = new Map(
  Object.entries(kindNumbers).map(([kind, number]) => [number, kind as PassKind] as const),
)

/** A pass id from 10 random bytes. */
export function passIdOf(tenBytes: Uint8Array): ids.PassId {
  return ids.passIdSchema.parse(passIdPrefix + toBase32(tenBytes.subarray(0, passIdBytes)))
}

/** The claims as bytes; what the signature is over. The pass must be one that `readClaims` would give back. */
export function writeClaims(pass: Pass): Uint8Array {
  const out = new ByteWriter()
  const block = 'block' in pass ? pass.block : undefined
  const loanId = 'loanId' in pass ? pass.loanId : undefined
  out.raw([version, algorithm, kindNumbers[pass.kind]])
  out.byte(
    (loanId === undefined ? 0 : flag.loan) |
      (block === undefined ? 0 : flag.block) |
      (pass.singlePassage ? flag.singlePassage : 0),
  )
  out.raw(hexBytes(pass.keyId))
  out.byte(pass.issuer === 'cloud' ? 0 : 1)
  out.raw(fromBase32(pass.passId.slice(passIdPrefix.length)) ?? [])
  for (const ms of [pass.issuedMs, pass.fromMs, pass.toMs]) out.uint32(ms / 1000)
  if (isHeld(pass)) out.raw(pass.holderKey)
  out.id(pass.audience)
  for (const id of subjectsOf(pass)) out.id(id)
  if (loanId !== undefined) out.id(loanId)
  if (block !== undefined) {
    out.id(block.spaceId)
    for (const ms of [block.fromMs, block.toMs]) out.uint32(ms / 1000)
  }
  if (pass.kind === 'booking_receipt') writePaid(out, pass.paid)
  out.byte(pass.doors.length)
  for (const door of pass.doors) out.id(door)
  return out.done()
}

/** Reads claims from the beginning of `bytes`; `length` says how many bytes they took. */
export function readClaims(
  bytes: Uint8Array,
): Result<{ readonly pass: Pass; readonly length: number }, PassUnreadable> {
  const from = new ByteReader(bytes)
  if (from.byte() !== version && !from.missing) return err('pass_version_unknown')
  if (from.byte() !== algorithm && !from.missing) return err('pass_algorithm_unknown')
  const kind = kindsByNumber.get(from.byte())
  if (from.missing) return err('pass_truncated')
  if (kind === undefined) return err('pass_kind_unknown')
  const pass = readPass(from, kind)
  if (from.missing) return err('pass_truncated')
  if (from.at > claimsBytesMax) return err('pass_too_long')
  return pass === undefined ? err('pass_malformed') : ok({ pass, length: from.at })
}

function readPass(from: ByteReader, kind: PassKind): Pass | undefined {
  const flags = from.byte()
  const keyId = toHex(from.raw(keyIdBytes))
  const issuer = from.byte()
  const passId = toBase32(from.raw(passIdBytes))
  const [issuedMs, fromMs, toMs] = [seconds(from), seconds(from), seconds(from)]
  const holderKey = kindNumbers[kind] <= kindNumbers.guest ? from.raw(holderKeyBytes).slice() : undefined
  const audience = from.id()
  const subjects = readSubjects(from, kind)
  const loanId = flags & flag.loan ? from.id() : undefined
  const block = flags & flag.block ? readBlock(from) : undefined
  const paid = kind === 'booking_receipt' ? readPaid(from) : undefined
  const doors = readDoors(from)
  if (from.missing || flags > flagsAll || issuer > 1 || fromMs >= toMs) return undefined
  if (!areFlagsOf(kind, flags) || paid === null) return undefined
  if (subjects === undefined || doors === undefined || block === null) return undefined
  const parsed = {
    audience: ids.siteIdSchema.safeParse(audience),
    passId: ids.passIdSchema.safeParse(passIdPrefix + passId),
    loanId: ids.loanIdSchema.optional().safeParse(loanId),
  }
  if (!parsed.audience.success || !parsed.passId.success || !parsed.loanId.success) return undefined
  const pass = {
    kind,
    passId: parsed.passId.data,
    keyId,
    issuer: issuer === 0 ? 'cloud' : 'site',
    audience: parsed.audience.data,
    issuedMs,
    fromMs,
    toMs,
    doors,
    singlePassage: (flags & flag.singlePassage) !== 0,
    ...(holderKey && { holderKey }),
    ...subjects,
    ...(parsed.loanId.data !== undefined && { loanId: parsed.loanId.data }),
    ...(block && { block }),
    ...(paid && { paid }),
  }
  // What each kind needs beside these was read by its number above.
  return pass as unknown as Pass
}

/** A loan is named with a booking or a guest only; a block there, too, and always with the receipt of a booking. */
function areFlagsOf(kind: PassKind, flags: number): boolean {
  const named = flags & (flag.loan | flag.block)
  if (kind === 'booking_receipt') return named === flag.block
  return kind === 'booking' || kind === 'guest' || named === 0
}

function subjectsOf(pass: Pass): readonly string[] {
  switch (pass.kind) {
    case 'booking':
      return [pass.bookingId, pass.memberId]
    case 'member':
      return [pass.memberId]
    case 'guest':
      return [pass.bookingId, pass.guestId]
    case 'ticket':
      return [pass.sessionId]
    case 'receipt':
      return [pass.sessionId, pass.paymentId]
    case 'booking_receipt':
      return [pass.bookingId, pass.paymentId]
    default:
      return assertNever(pass)
  }
}

const subjectSchemas = {
  booking: { bookingId: ids.bookingIdSchema, memberId: ids.memberIdSchema },
  member: { memberId: ids.memberIdSchema },
  guest: { bookingId: ids.bookingIdSchema, guestId: ids.guestIdSchema },
  ticket: { sessionId: ids.sessionIdSchema },
  receipt: { sessionId: ids.sessionIdSchema, paymentId: ids.paymentIdSchema },
  booking_receipt: { bookingId: ids.bookingIdSchema, paymentId: ids.paymentIdSchema },
} as const satisfies Record<PassKind, object>

function readSubjects(from: ByteReader, kind: PassKind): Record<string, string> | undefined {
  const read: Record<string, string> = {}
  let isRight = true
  for (const [name, schema] of Object.entries(subjectSchemas[kind])) {
    const id = schema.safeParse(from.id())
    if (id.success) read[name] = id.data
    else isRight = false
  }
  return isRight ? read : undefined
}

/** `null` when it is none. */
function readBlock(from: ByteReader): PassBlock | null {
  const spaceId = ids.spaceIdSchema.safeParse(from.id())
  const [fromMs, toMs] = [seconds(from), seconds(from)]
  return spaceId.success && fromMs < toMs ? { spaceId: spaceId.data, fromMs, toMs } : null
}

function writePaid(out: ByteWriter, paid: PaidForBooking): void {
  for (const minor of [paid.amountMinor, paid.taxMinor, paid.refundedMinor]) out.uint53(minor)
  out.uint32(paid.paidMs / 1000)
  out.id(paid.currency)
  out.id(paid.reference)
}

/** `null` when it is none. */
function readPaid(from: ByteReader): PaidForBooking | null {
  const [amountMinor, taxMinor, refundedMinor] = [from.uint53(), from.uint53(), from.uint53()]
  const paidMs = seconds(from)
  const [currency, reference] = [from.id(), from.id()]
  const isAmount = [amountMinor, taxMinor, refundedMinor].every(Number.isSafeInteger)
  const isRight = isAmount && taxMinor <= amountMinor && refundedMinor <= amountMinor
  if (!isRight || !/^[A-Z]{3}$/.test(currency) || !/^[0-9A-Z-]{1,12}$/.test(reference)) return null
  return { amountMinor, taxMinor, refundedMinor, currency, paidMs, reference }
}

function readDoors(from: ByteReader): ids.DoorId[] | undefined {
  const count = from.byte()
  if (count > doorsMax) return undefined
  const read = Array.from({ length: count }, () => ids.doorIdSchema.safeParse(from.id()))
  const doors = read.flatMap(({ data }) => data ?? [])
  return doors.length === count ? doors : undefined
}

function seconds(from: ByteReader): number {
  return from.uint32() * 1000
}

function hexBytes(hex: string): number[] {
  return Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
