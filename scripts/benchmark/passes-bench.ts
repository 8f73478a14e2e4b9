import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { ed25519Signer, ed25519Verifier, passKeyId } from '@gatehouse/shared/passes/ed25519'
import type { HeldPass } from '@gatehouse/shared/passes/pass'
import { passIdOf, writeClaims } from '@gatehouse/shared/passes/pass-codec'
import {
  holderMessage,
  issuerMessage,
  presentationText,
  readPresentation,
  windowAt,
} from '@gatehouse/shared/passes/presentation'
import { verifyPass } from '@gatehouse/shared/passes/verify-pass'
import { percentile, short } from './statistics.ts'

const runs = 2_000
const holders = 500
const nowMs = Date.UTC(2026, 10, 20, 9)
const siteId = siteIdSchema.parse('harbour-house')

/** The raw bytes of a public key end its SubjectPublicKeyInfo (RFC 8410, section 4). */
const publicKeyBytes = 32

// Encoded as they are made: one run that exported hundreds of key objects afterwards stood still in the library.
function keys() {
  const { publicKey, privateKey: pem } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  })
  return { publicKey, bytes: publicKey.subarray(-publicKeyBytes), pem, sign: ed25519Signer(pem) }
}

/** What 500 phones show, each with a key and a pass of its own. */
function presentations(cloud: ReturnType<typeof keys>): readonly string[] {
  return Array.from({ length: holders }, (_, n) => {
    const holder = keys()
    const id = new Uint8Array(10)
    new DataView(id.buffer).setUint32(0, n)
    const pass = {
      ...{ kind: 'booking', passId: passIdOf(id), keyId: passKeyId(cloud.bytes), issuer: 'cloud' },
      ...{ audience: siteId, issuedMs: nowMs, fromMs: nowMs, toMs: nowMs + 3_600_000, doors: [] },
      ...{ singlePassage: false, bookingId: `bk_${n}`, memberId: `mb_${n}`, holderKey: holder.bytes },
    } as unknown as HeldPass
    const claims = writeClaims(pass)
    const window = windowAt(nowMs)
    const shown = { window, signature: holder.sign(holderMessage(pass, window)) }
    return presentationText({ claims, signature: cloud.sign(issuerMessage(claims)) }, shown)
  })
}

/** Runs `work` often; its times in milliseconds, without the first tenth. */
function timed(work: (n: number) => void): readonly number[] {
  const times = Array.from({ length: runs }, (_, n) => {
    const start = performance.now()
    work(n)
    return performance.now() - start
  })
  return times.slice(runs / 10)
}

/** Prints how long a site takes to read and believe a presented pass, beside one bare verification of the library. */
export function runPasses(say: (line: string) => void): void {
  const cloud = keys()
  const shown = presentations(cloud)
  const message = Buffer.alloc(150, 1)
  const signature = sign(null, message, createPrivateKey(cloud.pem))
  const publicKey = createPublicKey({ key: cloud.publicKey, format: 'der', type: 'spki' })
  const raw = timed(() => verify(null, message, publicKey, signature))
  const known = {
    siteId,
    at: { wallMs: nowMs, quality: 'trusted' as const },
    keyOf: () => ({ publicKey: cloud.bytes, issuer: 'cloud' as const, useFromMs: 0 }),
    isRevoked: () => false,
    verify: ed25519Verifier(),
  }
  let believed = 0
  const whole = timed((n) => {
    const read = readPresentation(shown[n % holders] ?? '')
    if (read.ok && verifyPass(read.value, known).ok) believed += 1
  })
  if (believed !== runs) throw new RangeError(`only ${believed} of ${runs} passes were believed`)
  const [p50, rawP50] = [percentile(whole, 0.5), percentile(raw, 0.5)]
  say(
    `pass read and believed          p50 ${p50.toFixed(3)} ms  p99 ${percentile(whole, 0.99).toFixed(3)} ms  ` +
      `one bare crypto.verify ${rawP50.toFixed(3)} ms  ratio ${short(p50 / rawP50)}`,
  )
}
