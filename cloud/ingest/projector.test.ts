import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NotificationListener, Notifications } from '../database/notifications.ts'
import { held } from '../sites/testing/events.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { appendedNote } from './appended-note.ts'
import { Projector } from './projector.ts'

/** Notes between processes, told when the test says so. */
class ToldNotifications extends Notifications {
  readonly #listeners: NotificationListener[] = []

  constructor() {
    super('')
  }

  override on(_channel: 'ledger', listener: NotificationListener): () => void {
    this.#listeners.push(listener)
    return () => {}
  }

  tell(note: string): void {
    for (const listener of this.#listeners) listener(note)
  }
}

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

/** A second process that has projected the two entries of a site; `runs` are the entries of each of its runs. */
async function caughtUp(siteName: string) {
  const twin = await server.enrolled(siteName)
  await twin.send(twin.record(held('bk_1', 'sp_1', 1, 2), held('bk_2', 'sp_1', 3, 4)))
  await server.projected()
  const runs: number[] = []
  const notifications = new ToldNotifications()
  const { pool, clock } = server
  const projector = new Projector({
    ...{ pool, clock, notifications },
    onFailure: () => undefined,
    onProjected: (stream, count) => {
      if (stream.siteId === twin.siteId) runs.push(count)
    },
  })
  await projector.start()
  const stream = { siteId: twin.siteId, incarnation: 1 }
  projector.wake(stream)
  await projector.settled()
  expect(runs).toEqual([0])
  return { stream, runs, notifications, projector }
}

describe('a note of an append', () => {
  it('begins no run where everything up to that entry is projected', async () => {
    const { stream, runs, notifications, projector } = await caughtUp('heard')
    notifications.tell(appendedNote({ ...stream, headSeq: 2 }))
    await projector.settled()
    await projector.stop()
    expect(runs).toEqual([0])
  })

  it.each([
    ['names a later entry', 3],
    ['comes from a release that named none', undefined],
  ])('begins one where it %s', async (what, headSeq) => {
    const { stream, runs, notifications, projector } = await caughtUp(`told-${what.length}`)
    notifications.tell(appendedNote({ ...stream, headSeq }))
    await projector.settled()
    await projector.stop()
    expect(runs).toEqual([0, 0])
  })
})
