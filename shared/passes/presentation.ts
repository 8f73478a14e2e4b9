import { err, ok, type Result } from '../result/result.ts'
import { fromBase32, toBase32 } from './base32.ts'
import { ByteReader, ByteWriter } from './byte-stream.ts'
import type { Pass, PassUnreadable } from './pass.ts'
import { claimsBytesMax, readClaims, writeClaims } from './pass-codec.ts'

/*
 * What a screen or a sheet of paper shows: `GHP`, then base 32 of
 *
 *   form 1 (1: paper, 2: presented) · claims · signature of the issuer 64 [· window 4 · signature of the holder 64]
 */
const prefix = 'GHP'
const forms = { paper: 1, presented: 2 } as const
const signatureBytes = 64
const windowBytes = 4
const envelopeBytesMax = 1 + claimsBytesMax + 2 * signatureBytes + windowBytes
/** Longest text that is looked at, in characters; a usual presentation has 400 to 500. */
export const presentationCharsMax = prefix.length + Math.ceil((envelopeBytesMax * 8) / 5)

/** Tells whether a text is meant as something signed, and not as a code that a person types. */
export function looksSigned(text: string): boolean {
  return text.startsWith(prefix)
}

/** How long one presentation may be shown, milliseconds. */
export const windowMs = 30_000

/** The number of the window that a moment (epoch ms) lies in. */
export function windowAt(atMs: number): number {
  return Math.max(0, Math.floor(atMs / windowMs))
}

/** A pass with its issuer's signature, as it is stored and handed on: base 32 of claims and signature. */
export interface SignedPass {
  readonly pass: Pass
  /** The bytes that the issuer signed, as they came. */
  readonly claims: Uint8Array
  readonly signature: Uint8Array
}

/** A pass as somebody shows it; without `shown` it is paper. */
export interface PresentedPass extends SignedPass {
  readonly shown?: { readonly window: number; readonly signature: Uint8Array }
}

/** The bytes that the issuer of a pass signs. */
export function issuerMessage(claims: Uint8Array): Uint8Array {
  return tagged('gatehouse pass 1', claims)
}

/** The bytes that the holder of a pass signs: the window, the site and the pass, so that it fits no other. */
export function holderMessage(pass: Pick<Pass, 'audience' | 'passId'>, window: number): Uint8Array {
  const said = new ByteWriter()
  said.uint32(window)
  said.id(pass.audience)
  said.id(pass.passId)
  return tagged('gatehouse presentation 1', said.done())
}

/** The text of a signed pass as it is stored; `readSignedPass` reads it. */
export function signedPassText({ claims, signature }: Pick<SignedPass, 'claims' | 'signature'>): string {
  return prefix + toBase32(Uint8Array.of(forms.paper, ...claims, ...signature))
}

/** The text to be shown within `window`, with the holder's signature over `holderMessage`. */
export function presentationText(
  { claims, signature }: Pick<SignedPass, 'claims' | 'signature'>,
  shown: { readonly window: number; readonly signature: Uint8Array },
): string {
  const out = new ByteWriter()
  out.byte(forms.presented)
  for (const part of [claims, signature]) out.raw(part)
  out.uint32(shown.window)
  out.raw(shown.signature)
  return prefix + toBase32(out.done())
}

/** Reads what was shown or scanned; believes nothing yet. Refuses with a `PassUnreadable`, never throws. */
export function readPresentation(text: string): Result<PresentedPass, PassUnreadable> {
  if (text.length > presentationCharsMax) return err('pass_too_long')
  if (!looksSigned(text)) return err('pass_malformed')
  const bytes = fromBase32(text.slice(prefix.length))
  if (bytes === undefined) return err(isCut(text) ? 'pass_truncated' : 'pass_malformed')
  const [form] = bytes
  if (form === undefined) return err('pass_truncated')
  if (form !== forms.paper && form !== forms.presented) return err('pass_version_unknown')
  const read = readClaims(bytes.subarray(1))
  if (!read.ok) return read
  const { pass, length } = read.value
  const claims = bytes.slice(1, 1 + length)
  const rest = new ByteReader(bytes.subarray(1 + length))
  const signature = rest.raw(signatureBytes).slice()
  const shown =
    form === forms.presented
      ? { window: rest.uint32(), signature: rest.raw(signatureBytes).slice() }
      : undefined
  if (rest.missing) return err('pass_truncated')
  if (rest.left > 0 || !isCanonical(claims, pass)) return err('pass_malformed')
  return ok({ pass, claims, signature, ...(shown && { shown }) })
}

/** Only text of our alphabet, but cut off within a byte. */
function isCut(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]*$/.test(text.slice(prefix.length))
}

/** One pass has one form: what reads back differently was made by nobody who follows the format. */
function isCanonical(claims: Uint8Array, pass: Pass): boolean {
  const written = writeClaims(pass)
  return written.length === claims.length && written.every((byte, at) => byte === claims[at])
}

function tagged(tag: string, bytes: Uint8Array): Uint8Array {
  const out = new ByteWriter()
  out.id(tag)
  out.raw(bytes)
  return out.done()
}
