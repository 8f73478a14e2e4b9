import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openStaffSite, staffRow } from './testing/staff-site.ts'

const minute = 60_000
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
const storePath = () => join(mkdtempSync(join(tmpdir(), 'staff-')), 'site.sqlite')
function open(path = storePath(), seed = 3) {
  const site = openStaffSite(path, { seed })
  closing.push(() => site.close())
  return site
}

describe('the log-in of a site’s staff', () => {
  test('takes the site password without the cloud, is an entry, and keeps its secret from scripts and other pages', async () => {
    const site = open()
    const login = await site.logIn(' Marlo@Demo.example ')
    expect(login).toMatchObject({ status: 200, answer: { displayName: 'Marlo (demo)' } })
    expect(login.set).toMatch(/HttpOnly/)
    expect(login.set).toMatch(/SameSite=Strict/)
    expect(site.entries().map(({ type, body }) => [type, body])).toEqual([
      ['staff.logged_in', { staffId: 'us_1' }],
    ])
    expect((await site.call('GET', '/staff/me', undefined, login.cookie)).status).toBe(200)
    expect(await site.call('GET', '/staff/me')).toMatchObject({ status: 401, answer: { code: 'staff_only' } })
  })

  test('answers a name that nobody has like a wrong password, and records neither', async () => {
    const site = open()
    for (const [email, secret] of [
      ['nobody@demo.example', 'whatever it is'],
      ['marlo@demo.example', 'not the password'],
    ])
      expect(await site.logIn(email, secret)).toMatchObject({ status: 401, answer: { code: 'staff_wrong' } })
    expect(site.entries()).toEqual([])
  })

  test('locks a name after five wrong ones, for the right one too, across a restart, and opens again', async () => {
    const path = storePath()
    const first = open(path)
    for (let tries = 0; tries < 5; tries += 1) await first.logIn(undefined, `guess ${tries}`)
    expect(first.entries().map(({ type }) => type)).toEqual(['staff.locked'])
    expect(await first.logIn()).toMatchObject({ status: 429, answer: { code: 'staff_locked' } })
    closing.pop()?.()
    const second = open(path, 4)
    expect((await second.logIn()).status).toBe(429)
    second.clock.advance(5 * minute)
    expect((await second.logIn()).status).toBe(200)
  })

  test('locks a name that nobody has as it locks a real one', async () => {
    const site = open()
    const tries = async (email: string) => {
      const codes: unknown[] = []
      for (let at = 0; at < 6; at += 1) codes.push((await site.logIn(email, `guess ${at}`)).answer.code)
      return codes
    }
    expect(await tries('Nobody@demo.example ')).toEqual(await tries('marlo@demo.example'))
    site.clock.advance(5 * minute)
    expect((await site.logIn('nobody@demo.example')).answer.code).toBe('staff_wrong')
  })

  test('ends after half an hour without an act, after twelve hours, by log-out', async () => {
    const site = open()
    const { cookie } = await site.logIn()
    const me = async () => (await site.call('GET', '/staff/me', undefined, cookie)).status
    site.clock.advance(29 * minute)
    expect(await me()).toBe(200)
    // A page that refreshes itself keeps nobody logged in.
    site.clock.advance(2 * minute)
    expect(await me()).toBe(401)
    const again = await site.logIn()
    const token = again.cookie?.split('=')[1] ?? ''
    for (let acts = 0; acts < 36; acts += 1) {
      site.clock.advance(20 * minute)
      const found = site.sessions.find(token, true)
      if (acts < 35) expect(found).toBeDefined()
      else expect(found).toBeUndefined()
    }
    const third = await site.logIn()
    await site.call('POST', '/staff/logout', {}, third.cookie)
    expect((await site.call('GET', '/staff/me', undefined, third.cookie)).status).toBe(401)
  })

  test('ends with the next request when somebody no longer runs the site, or has another password', async () => {
    const site = open()
    const { cookie } = await site.logIn()
    site.apply(staffRow('us_1', 'marlo@demo.example', 'another password'))
    expect((await site.call('GET', '/staff/me', undefined, cookie)).status).toBe(401)
    const second = await site.logIn(undefined, 'another password')
    site.apply({ kind: 'staff', key: 'us_1', body: null })
    expect((await site.call('GET', '/staff/me', undefined, second.cookie)).status).toBe(401)
  })

  test('refuses what is no log-in', async () => {
    const site = open()
    for (const sent of [
      {},
      { email: 'x' },
      { email: 1, password: 2 },
      { email: 'x', password: 'y'.repeat(200) },
    ])
      expect((await site.call('POST', '/staff/login', sent)).status).toBe(422)
  })
})
