import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DeviceCallers } from '../http/device-callers.ts'
import { siteRoutes } from '../http/site-routes.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { runRemoteCommands } from './remote-commands.ts'
import { card, friday10, frontDoor, openDoors } from './testing/door-site.ts'

const kioskSecret = 'secret-of-the-kiosk'

describe('a command from afar', () => {
  const later: (() => void)[] = []
  afterEach(() => {
    for (const stop of later.splice(0)) stop()
  })

  function fromAfar(site: ReturnType<typeof openDoors>) {
    const outcomes: string[] = []
    const onDecided = ({ outcome }: { outcome: string }) => void outcomes.push(outcome)
    later.push(runRemoteCommands({ kernel: site.kernel, directory: site.directory, onDecided }))
    let rev = 10
    const send = async (key: string, act: object, stamp: object = {}) => {
      rev += 1
      const { bootId, monotonicMs } = site.clock.now()
      const quoted = { by: 'usr_1', bootId, monotonicMs, validMs: 10_000, askedMs: 1, ...stamp }
      const row = { kind: 'remote_command', key, epoch: 1, rev, body: { act, ...quoted } }
      const before = outcomes.length
      site.directory.apply([row], { epoch: 1, rev, handle: undefined, offset: `${rev}` }, false)
      await vi.waitFor(() => expect(outcomes).toHaveLength(before + 1))
      return outcomes.at(-1)
    }
    return { send, outcomes }
  }
  const unlock = { kind: 'unlockDoor', doorId: 'front' }

  test('opens a door once, however often its row is seen, and keeps its alarm quiet', async () => {
    const site = openDoors()
    site.handle({ kind: 'contact', deviceId: 'front-contact', closed: true })
    const { send } = fromAfar(site)
    expect(await send('rq_1', unlock)).toBe('done')
    expect(await send('rq_1', unlock)).toBe('done')
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    expect(site.events().find(({ type }) => type === 'door.unlocked')?.body).toMatchObject({
      ...{ requestId: 'rq_1', by: 'usr_1', doorId: 'front' },
    })
    expect(site.doors.stateOf(frontDoor)).toBe('unlocked')
  })

  test.each([
    ['quotes another boot', { bootId: 'another' }, 'remote_other_boot'],
    ['is too old', { monotonicMs: 0, validMs: 1 }, 'remote_expired'],
    ['quotes a moment to come', { monotonicMs: 1e9 }, 'remote_from_future'],
  ])('that %s opens nothing and says why', async (_what, stamp, code) => {
    const site = openDoors()
    site.clock.advance(60_000)
    const { send } = fromAfar(site)
    expect(await send('rq_1', unlock, stamp)).toBe(code)
    expect(site.events().at(-1)).toMatchObject({ type: 'request.refused', body: { requestId: 'rq_1', code } })
    expect(site.strikes).toEqual([])
  })

  test('that came while the edge was down is refused at its start, and not done', async () => {
    const site = openDoors()
    const body = { act: unlock, by: 'usr_1', bootId: 'before', monotonicMs: 1, validMs: 10_000, askedMs: 1 }
    const row = { kind: 'remote_command', key: 'rq_1', epoch: 1, rev: 5, body }
    site.directory.apply([row], { epoch: 1, rev: 5, handle: undefined, offset: '5' }, false)
    const { outcomes } = fromAfar(site)
    await vi.waitFor(() => expect(outcomes).toEqual(['remote_other_boot']))
    expect(site.strikes).toEqual([])
  })

  test('that locks the site down is told to its screens, and its end too', async () => {
    const site = openDoors()
    const parameters = { scope: 'kiosk' }
    const body = { name: 'Kiosk', profile: 'x', parameters, credentialDigest: sha256Hex(kioskSecret) }
    const row = { kind: 'device', key: 'kiosk-1', epoch: 1, rev: 5, body }
    site.directory.apply([row], { epoch: 1, rev: 5, handle: undefined, offset: '5' }, false)
    const app = siteRoutes({
      ...{ kernel: site.kernel, directory: site.directory, clock: site.clock },
      ...{ callers: new DeviceCallers(site.directory), link: { state: { state: 'live', sinceMs: 0 } } },
      ...{ freeNow: () => ({}), deviceStatus: () => [] },
    })
    const told = async () => {
      const headers = { authorization: `Bearer ${kioskSecret}` }
      return (await (await app.request('/site', { headers })).json()) as { lockdownSinceMs?: number }
    }
    const { send } = fromAfar(site)
    expect(await told()).toHaveProperty('features')
    expect(await told()).not.toHaveProperty('lockdownSinceMs')
    await send('rq_1', { kind: 'startLockdown' })
    expect((await told()).lockdownSinceMs).toBe(friday10)
    await send('rq_2', { kind: 'endLockdown' })
    expect(await told()).not.toHaveProperty('lockdownSinceMs')
  })

  test('locks the site down: nobody is let in, also after a restart, and everybody gets out', async () => {
    const site = openDoors()
    const first = fromAfar(site)
    expect(await first.send('rq_1', { kind: 'startLockdown' })).toBe('done')
    expect(await first.send('rq_2', unlock)).toBe('lockdown')
    for (const stop of later.splice(0)) stop()
    site.kernel.close()
    site.db.close()
    const again = openDoors(site.folder, [], 6)
    again.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(again.types()).toContain('lockdown'))
    expect(again.strikes).toEqual([])
    again.handle({ kind: 'button', deviceId: 'front-exit' })
    await vi.waitFor(() => expect(again.strikes).toEqual(['front-strike']))
    expect(await fromAfar(again).send('rq_3', { kind: 'endLockdown' })).toBe('done')
    again.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(again.types()).toContain('access.granted'))
    expect(checkRebuild(again.db, [again.module]).equal).toBe(true)
  })
})
