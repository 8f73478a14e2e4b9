import type { PassView } from '@gatehouse/shared/api/pass-view'
import * as ids from '@gatehouse/shared/ids/ids'
import { ed25519Signer, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { HeldPass } from '@gatehouse/shared/passes/pass'
import { writeClaims } from '@gatehouse/shared/passes/pass-codec'
import { issuerMessage, signedPassText } from '@gatehouse/shared/passes/presentation'
import type { Queryable } from '../database/pool.ts'
import type { Cover } from './pass-cover.ts'
import type { StoredPass } from './pass-store.ts'
import { signingKey } from './signing-keys.ts'

/** Whole seconds: begun at `nowMs`, and run out when the life (ms) or what it covers is over. */
export function passValidity(
  { lastMs }: Pick<Cover, 'lastMs'>,
  { nowMs, passLifeMs }: { readonly nowMs: number; readonly passLifeMs: number },
): { readonly issuedMs: number; readonly toMs: number } {
  const issuedMs = Math.floor(nowMs / 1000) * 1000
  const toMs = Math.ceil(Math.min(nowMs + passLifeMs, lastMs) / 1000) * 1000
  return { issuedMs, toMs }
}

/** Signs a pass as it is kept, with the key in use when it was issued. */
export async function signPass(db: Queryable, stored: StoredPass, cover: Cover): Promise<PassView> {
  const key = await signingKey(db, stored.issuedMs + 1000)
  const claims = writeClaims(heldPass(stored, key.keyId, cover))
  const signature = ed25519Signer(key.privateKey)(issuerMessage(claims))
  const { passId, kind, siteId, bookingId, issuedMs, toMs } = stored
  return {
    ...{ passId, kind, siteId, issuedMs, toMs, token: signedPassText({ claims, signature }) },
    ...(bookingId === undefined ? {} : { bookingId }),
  }
}

function heldPass(stored: StoredPass, keyId: string, { block, loanId }: Cover): HeldPass {
  const frame = {
    passId: ids.passIdSchema.parse(stored.passId),
    keyId,
    issuer: 'cloud' as const,
    audience: ids.siteIdSchema.parse(stored.siteId),
    issuedMs: stored.issuedMs,
    fromMs: stored.issuedMs,
    toMs: stored.toMs,
    doors: [],
    singlePassage: false,
    holderKey: publicKeyBytes(stored.holderKey) ?? new Uint8Array(),
  }
  const memberId = ids.memberIdSchema.parse(stored.memberId)
  if (stored.kind === 'member') return { ...frame, kind: 'member', memberId }
  const about = {
    bookingId: ids.bookingIdSchema.parse(stored.bookingId),
    ...(block && { block }),
    ...(loanId === undefined ? {} : { loanId: ids.loanIdSchema.parse(loanId) }),
  }
  return stored.kind === 'booking'
    ? { ...frame, ...about, kind: 'booking', memberId }
    : { ...frame, ...about, kind: 'guest', guestId: ids.guestIdSchema.parse(stored.guestId) }
}
