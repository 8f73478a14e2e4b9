import type { SiteId } from '../ids/ids.ts'
import { err, ok, type Result } from '../result/result.ts'
import { isHeld, type Pass, type PassDisbelieved, type VerifySignature } from './pass.ts'
import { holderMessage, issuerMessage, type PresentedPass, windowAt } from './presentation.ts'

/** A key that passes are signed with, and when. */
export interface PassKey {
  readonly publicKey: Uint8Array
  readonly issuer: Pass['issuer']
  /** Passes issued before it are not of this key; 0 for a site's first. */
  readonly useFromMs: number
  /** The end of its use; absent while it signs. */
  readonly useToMs?: number | undefined
}

/** What a site knows when a pass is shown to it. */
export interface PassKnowledge {
  readonly siteId: SiteId
  readonly at: { readonly wallMs: number; readonly quality: 'trusted' | 'untrusted' }
  readonly keyOf: (keyId: string) => PassKey | undefined
  readonly isRevoked: (passId: Pass['passId']) => boolean
  readonly verify: VerifySignature
}

/** Clocks of cloud, site and phone differ by so much at most; a pass from further ahead is refused. */
export const clockDifferenceMaxMs = 5 * 60_000
/** RULES, Access: keys are honoured at least 30 days after their use. */
export const keyHonouredMs = 30 * 24 * 3_600_000
/** A presentation counts in its own window and this many before and after it. */
const windowsAroundMax = 1

/**
 * Decides offline whether a presented pass is genuine, for this site, valid now and shown by its holder. What a pass
 * says is looked at only after both signatures. Refuses with a `PassDisbelieved`, the first that applies.
 */
export function verifyPass(presented: PresentedPass, known: PassKnowledge): Result<Pass, PassDisbelieved> {
  const { pass, claims, signature } = presented
  const key = known.keyOf(pass.keyId)
  if (key === undefined || key.issuer !== pass.issuer) return err('pass_key_unknown')
  // A site vouches for stays and payments of its own, never for people.
  if (pass.issuer === 'site' && isHeld(pass)) return err('pass_key_unknown')
  if (!known.verify(key.publicKey, issuerMessage(claims), signature)) return err('pass_forged')
  const disbelieved =
    holderDisbelieved(presented, known) ??
    keyDisbelieved(pass, key, known) ??
    timeDisbelieved(pass, known) ??
    windowDisbelieved(presented, known)
  return disbelieved === undefined ? ok(pass) : err(disbelieved)
}

function holderDisbelieved(
  { pass, shown }: PresentedPass,
  { verify, siteId }: PassKnowledge,
): PassDisbelieved | undefined {
  if (isHeld(pass)) {
    if (shown === undefined) return 'pass_not_presented'
    if (!verify(pass.holderKey, holderMessage(pass, shown.window), shown.signature)) {
      return 'presentation_forged'
    }
  } else if (shown !== undefined) return 'presentation_forged'
  return pass.audience === siteId ? undefined : 'pass_foreign'
}

function keyDisbelieved(
  { passId, issuedMs }: Pass,
  { useFromMs, useToMs = Number.POSITIVE_INFINITY }: PassKey,
  { isRevoked, at }: PassKnowledge,
): PassDisbelieved | undefined {
  const inUse = issuedMs >= useFromMs - clockDifferenceMaxMs && issuedMs < useToMs + clockDifferenceMaxMs
  if (!inUse || at.wallMs >= useToMs + keyHonouredMs) return 'pass_key_retired'
  return isRevoked(passId) ? 'pass_revoked' : undefined
}

function timeDisbelieved(
  pass: Pass,
  { at: { wallMs, quality } }: PassKnowledge,
): PassDisbelieved | undefined {
  // ARCHITECTURE §3: while the clock is untrusted, date-bound passes do not work, departures do.
  if (quality === 'untrusted') return isHeld(pass) ? 'clock_untrusted' : undefined
  const { issuedMs, fromMs, toMs } = pass
  if (issuedMs > wallMs + clockDifferenceMaxMs) return 'pass_from_future'
  if (fromMs > wallMs + clockDifferenceMaxMs) return 'pass_not_yet_valid'
  return wallMs >= toMs ? 'pass_expired' : undefined
}

function windowDisbelieved(
  { shown }: PresentedPass,
  { at: { wallMs } }: PassKnowledge,
): PassDisbelieved | undefined {
  if (shown === undefined) return undefined
  const now = windowAt(wallMs)
  if (shown.window < now - windowsAroundMax) return 'presentation_expired'
  return shown.window > now + windowsAroundMax ? 'presentation_early' : undefined
}
