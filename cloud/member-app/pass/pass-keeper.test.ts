import { type PassView, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { ed25519Verifier, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { Pass } from '@gatehouse/shared/passes/pass'
import { readPresentation, signedPassText, windowAt, windowMs } from '@gatehouse/shared/passes/presentation'
import { bookingPass, cloudKeys, issuedMs, signPass } from '@gatehouse/shared/passes/testing/sample-passes'
import { verifyPass } from '@gatehouse/shared/passes/verify-pass'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetPasses, readKept } from './device-store.ts'
import type { HeldPass } from './kept-pass.ts'
import { forgetPass, holdPass, type PassSubject } from './pass-keeper.ts'
import { codeInWindow } from './rotating-code.ts'
import { deviceMemory } from './testing/device-memory.ts'

const subject = { kind: 'booking', bookingId: 'bk_0123456789abcdef012345678' } as const satisfies PassSubject
const minute = 60_000
/** Calls that reached the cloud. */
let calls: string[]
let network: 'up' | 'down' | 'taken_back'

/** The cloud as the app meets it: signs for the key that it is told. */
async function cloud(url: string, request: RequestInit): Promise<Response> {
  calls.push(url)
  if (network === 'down') throw new TypeError('Failed to fetch')
  if (network === 'taken_back' && url.endsWith('/renew')) {
    const gone = { type: 'about:blank', title: 'Taken back', status: 410, code: 'pass_taken_back', hint: '' }
    return Response.json(gone, { status: 410 })
  }
  const { holderKey } = JSON.parse(String(request.body)) as { holderKey?: string }
  const kept = passViewSchema.safeParse(
    ((await readKept('passes', Object.values(subject).join(' '))) as { view?: unknown } | undefined)?.view,
  ).data
  const read = kept && readPresentation(kept.token)
  const before = read?.ok && 'holderKey' in read.value.pass ? read.value.pass.holderKey : undefined
  const key = holderKey === undefined ? before : publicKeyBytes(holderKey)
  const signedMs = Math.floor(Date.now() / 1000) * 1000
  const pass = { ...bookingPass, holderKey: key, issuedMs: signedMs, fromMs: signedMs } as Pass
  const view: PassView = {
    ...{ passId: pass.passId, kind: 'booking', siteId: 'harbour-house', bookingId: subject.bookingId },
    ...{ issuedMs: signedMs, toMs: pass.toMs, token: signedPassText(signPass(pass)) },
  }
  return Response.json(view)
}

/** What the site makes of the code that the screen shows at `atMs`. */
async function believed({ view, holder }: HeldPass, atMs: number, scannedMs = atMs): Promise<string> {
  const read = readPresentation((await codeInWindow(view.token, holder, windowAt(atMs))) ?? '')
  if (!read.ok) return read.error
  const verified = verifyPass(read.value, {
    siteId: siteIdSchema.parse('harbour-house'),
    at: { wallMs: scannedMs, quality: 'trusted' },
    keyOf: () => ({ publicKey: cloudKeys.publicKey, issuer: 'cloud', useFromMs: 0 }),
    isRevoked: () => false,
    verify: ed25519Verifier(),
  })
  return verified.ok ? 'believed' : verified.error
}

async function held(): Promise<HeldPass> {
  return (await holdPass(subject)) ?? expect.fail('this browser holds no passes')
}

beforeEach(() => {
  calls = []
  network = 'up'
  vi.useFakeTimers({ toFake: ['Date'], now: issuedMs })
  vi.stubGlobal('indexedDB', deviceMemory())
  vi.stubGlobal('fetch', cloud)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a pass on the phone', () => {
  it('shows another code in each window without a network, and the site believes each in its own', async () => {
    const pass = await held()
    network = 'down'
    calls = []
    const windows = [0, 1, 2, 40].map((n) => issuedMs + n * windowMs)
    const codes = await Promise.all(
      windows.map((atMs) => codeInWindow(pass.view.token, pass.holder, windowAt(atMs))),
    )
    expect(new Set(codes).size).toBe(windows.length)
    for (const atMs of windows) expect(await believed(pass, atMs)).toBe('believed')
    expect(await believed(pass, issuedMs, issuedMs + 2 * windowMs)).toBe('presentation_expired')
    expect(calls).toEqual([])
  })

  it('is opened again without a network, by the same key, and says why it was not renewed', async () => {
    const first = await held()
    network = 'down'
    vi.setSystemTime(issuedMs + 10 * minute)
    const again = await held()
    expect([again.view, again.holder.holderKey]).toEqual([first.view, first.holder.holderKey])
    expect(again.refused?.problem.code).toBe('unreachable')
    expect(await believed(again, issuedMs + 10 * minute)).toBe('believed')
  })

  it('is renewed when it is no longer young, and not before', async () => {
    const { view } = await held()
    vi.setSystemTime(issuedMs + minute)
    expect((await held()).view).toEqual(view)
    expect(calls).toHaveLength(1)
    vi.setSystemTime(issuedMs + 10 * minute)
    expect((await held()).view.issuedMs).toBe(issuedMs + 10 * minute)
    expect(calls.at(-1)).toMatch(/\/renew$/)
  })

  it('that was taken back is asked for anew', async () => {
    await held()
    network = 'taken_back'
    vi.setSystemTime(issuedMs + 10 * minute)
    await held()
    expect(calls.map((url) => url.split('/').at(-1))).toEqual(['passes', 'renew', 'passes'])
  })

  it('is shown by a key whose private half nobody can read', async () => {
    await held()
    const { privateKey } = (await readKept('keys', 'holder')) as CryptoKeyPair
    expect(privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow()
  })

  it('is not held by a browser that keeps nothing', async () => {
    vi.stubGlobal('indexedDB', undefined)
    expect(await holdPass(subject)).toBeUndefined()
    await forgetPass(subject, 'ps_1')
  })

  it('is forgotten with the log-in, or by itself, and no other one in its place', async () => {
    const { view } = await held()
    await forgetPass(subject, 'ps_another')
    network = 'down'
    expect((await held()).view).toEqual(view)
    await forgetPass(subject, view.passId)
    await expect(holdPass(subject)).rejects.toMatchObject({ code: 'unreachable' })
    network = 'up'
    const { holderKey } = (await held()).holder
    await forgetPasses()
    expect((await held()).holder.holderKey).not.toBe(holderKey)
  })
})
