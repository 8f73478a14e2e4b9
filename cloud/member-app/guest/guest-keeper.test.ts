import type { GuestPass, LivingLinkView } from '@gatehouse/shared/api/guest-view'
import { readPresentation, signedPassText, windowAt } from '@gatehouse/shared/passes/presentation'
import { issuedMs, samplePasses, signPass } from '@gatehouse/shared/passes/testing/sample-passes'
import { noteServerTime, serverNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { forgetPasses } from '../pass/device-store.ts'
import { findHolder } from '../pass/holder-key.ts'
import { codeInWindow } from '../pass/rotating-code.ts'
import { deviceMemory } from '../pass/testing/device-memory.ts'
import { findGuestPass, openGuestLink } from './guest-keeper.ts'

const secret = 'A'.repeat(32)
const minute = 60_000
const link: LivingLinkView = {
  ...{ state: 'yours', siteName: 'Harbour House', address: '1 Quay', timeZone: 'Europe/Berlin' },
  ...{ spaceName: 'Elm', fromMs: issuedMs, toMs: issuedMs + 60 * minute, nowMs: issuedMs },
}
/** What the cloud was told. */
let calls: { readonly url: string; readonly body: unknown }[]
let answer: 'pass' | 'nobody' | 404 | 410
/** By how much the cloud's clock is ahead of the phone's. */
let aheadMs: number

function cloud(url: string, request: RequestInit): Promise<Response> {
  calls.push({ url, body: JSON.parse(String(request.body)) })
  if (answer === 'nobody') return Promise.reject(new TypeError('Failed to fetch'))
  if (answer !== 'pass') {
    const refused = { type: 'about:blank', title: 'No', status: answer, code: 'no', hint: '' }
    return Promise.resolve(Response.json(refused, { status: answer }))
  }
  const signedMs = Math.floor(Date.now() / 1000) * 1000
  const pass = { ...samplePasses.guest, issuedMs: signedMs, fromMs: signedMs }
  const view: GuestPass = {
    ...{ passId: pass.passId, kind: 'guest', siteId: 'harbour-house', bookingId: 'bk_1' },
    ...{ issuedMs: signedMs, toMs: pass.toMs, token: signedPassText(signPass(pass)) },
    link: { ...link, nowMs: Date.now() + aheadMs },
  }
  return Promise.resolve(Response.json(view))
}

async function opened() {
  const found = await findGuestPass(secret)
  if (found.kind !== 'nothing') return expect.fail(`the phone has ${found.kind}`)
  await openGuestLink(secret, found.holder)
  return found.holder
}

beforeEach(() => {
  calls = []
  answer = 'pass'
  aheadMs = 0
  vi.useFakeTimers({ toFake: ['Date'], now: issuedMs })
  noteServerTime(Date.now())
  vi.stubGlobal('indexedDB', deviceMemory())
  vi.stubGlobal('fetch', cloud)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('spends nothing by looking, and asks for the pass with its own key once it is told to', async () => {
  const { holderKey } = await opened()
  expect(calls).toEqual([{ url: '/api/v1/guest/pass', body: { secret, holderKey } }])
})

it('shows the pass again without a network, with a code of its own in each half minute', async () => {
  await opened()
  answer = 'nobody'
  vi.setSystemTime(issuedMs + 10 * minute)
  const found = await findGuestPass(secret)
  if (found.kind !== 'pass') return expect.fail(`the phone has ${found.kind}`)
  const { view, holder, refused } = found.held
  expect([view.link, refused?.problem.code]).toEqual([link, 'unreachable'])
  const window = windowAt(issuedMs + 10 * minute)
  const codes = await Promise.all([window, window + 1].map((at) => codeInWindow(view.token, holder, at)))
  expect(new Set(codes).size).toBe(2)
  for (const code of codes) expect(readPresentation(code ?? '')).toMatchObject({ ok: true })
})

it('makes its codes for the time of the cloud, also without a network', async () => {
  aheadMs = 20 * minute
  await opened()
  expect(serverNowMs()).toBe(issuedMs + aheadMs)
  answer = 'nobody'
  // The page was closed meanwhile, and knows the time from what it kept.
  noteServerTime(Date.now())
  await findGuestPass(secret)
  expect(serverNowMs()).toBe(issuedMs + aheadMs)
})

it('forgets a pass that is over or was taken back, and leaves it to the link to say why', async () => {
  await opened()
  answer = 410
  vi.setSystemTime(issuedMs + minute)
  expect((await findGuestPass(secret)).kind).toBe('nothing')
  answer = 'nobody'
  expect((await findGuestPass(secret)).kind).toBe('nothing')
})

it('keeps the pass when the cloud has lost the link', async () => {
  await opened()
  answer = 404
  vi.setSystemTime(issuedMs + minute)
  expect((await findGuestPass(secret)).kind).toBe('pass')
})

it('belongs to the phone: a log-out takes the member’s key and not the guest’s', async () => {
  const { holderKey } = await opened()
  expect((await findHolder())?.holderKey).not.toBe(holderKey)
  await forgetPasses()
  answer = 'nobody'
  expect(await findGuestPass(secret)).toMatchObject({ kind: 'pass', held: { holder: { holderKey } } })
})

it('is nothing for a browser that keeps nothing', async () => {
  vi.stubGlobal('indexedDB', undefined)
  expect(await findGuestPass(secret)).toEqual({ kind: 'unsupported' })
})
