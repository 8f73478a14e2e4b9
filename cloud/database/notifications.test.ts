import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Notifications } from './notifications.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let notifications: Notifications
beforeAll(async () => {
  database = await createTestDatabase()
  notifications = new Notifications(database.url)
  await notifications.start()
})
afterAll(async () => {
  await notifications.stop()
  await database.close()
})

const tell = (payload: string) => database.pool.query(`SELECT pg_notify('gatehouse_site', $1)`, [payload])

describe('notifications', () => {
  it('wake who waits for them, and nobody else', async () => {
    const mine = notifications.next('site', { matches: (text) => text === 'mine', timeoutMs: 10_000 })
    const heard: string[] = []
    const stop = notifications.on('site', (payload) => heard.push(payload))
    await tell('other')
    await tell('mine')
    await mine.done
    stop()
    expect(heard).toEqual(['other', 'mine'])
  })

  it('are not heard from a transaction that was rolled back', async () => {
    const heard: string[] = []
    const stop = notifications.on('site', (payload) => heard.push(payload))
    await database.pool.query(`BEGIN; SELECT pg_notify('gatehouse_site', 'undone'); ROLLBACK`)
    const last = notifications.next('site', { matches: (text) => text === 'last', timeoutMs: 10_000 })
    await tell('last')
    await last.done
    stop()
    expect(heard).toEqual(['last'])
  })

  it('say that anything may have changed after a lost connection, and go on', async () => {
    const lost = notifications.next('site', { matches: () => false, timeoutMs: 20_000 })
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    )
    await lost.done
    const again = notifications.next('site', { matches: (text) => text === 'again', timeoutMs: 10_000 })
    await tell('again')
    await again.done
  })

  it('let a wait end when its caller is gone or its time is over', async () => {
    const caller = new AbortController()
    const options = { matches: () => false, signal: caller.signal }
    const gone = notifications.next('site', { ...options, timeoutMs: 60_000 })
    caller.abort()
    await gone.done
    await notifications.next('site', { matches: () => false, timeoutMs: 1 }).done
  })
})
