import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { memberIdSchema, planIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { usualSettings } from '@gatehouse/shared/wire/v1/testing/usual-settings'
import { pino } from 'pino'
import { commandOrigin } from '../../audit/act.ts'
import type { CloudAdapters } from '../../cloud-core.ts'
import { type Cloud, startCloud } from '../../cloud-program.ts'
import { cloudConfigSchema } from '../../config.ts'
import { inTransaction } from '../../database/pool.ts'
import { createTestDatabase } from '../../database/test-database.ts'
import { type DirectoryWrite, putRows } from '../../directory/put-rows.ts'
import { putMembers, putPlans } from '../../members/member-store.ts'
import type { Role } from '../../members/permissions.ts'
import { quickPasswords } from '../../members/testing/quick-passwords.ts'
import { ensureUser } from '../../members/users.ts'
import { createEnrolmentCode } from '../../sites/enrolment.ts'
import { createSite, putOperator } from '../../sites/site-store.ts'
import { TestSite } from './test-site.ts'

export const hourMs = 3_600_000
/** Friday 20 November 2026, 10:00 in Berlin. */
export const startMs = Date.UTC(2026, 10, 20, 9)
const password = 'correct horse battery'

/** The answer to a call: status, parsed body, headers. */
export interface Answer {
  readonly status: number
  // Tests look into whatever came back.
  readonly body: Record<string, unknown>
  readonly headers: Headers
  readonly text: string
}

/** Somebody with a browser: keeps the cookie of the log-in. */
export class Caller {
  readonly #baseUrl: string
  cookie = ''

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl
  }

  async logIn(email: string, with_ = password): Promise<Answer> {
    const answer = await this.post('/api/auth/sign-in/email', { email, password: with_ })
    this.cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    return answer
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers)
  }

  post(path: string, body: unknown, key?: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    })
  }

  async send(method: string, path: string, body: string | undefined, headers: Record<string, string>) {
    const answer = await fetch(this.#baseUrl + path, {
      method,
      headers: { cookie: this.cookie, origin: this.#baseUrl, ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
    })
    const text = await answer.text()
    const isJson = (answer.headers.get('content-type') ?? '').includes('json')
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : {} }
  }
}

/** A running cloud over a database of its own, with two sites of which `north` is enrolled and alive. */
export interface TestCloud {
  readonly cloud: Cloud
  readonly clock: ManualClock
  readonly site: TestSite
  /** Logs in as one of `anna`, `ben` (members), `mia` (manages north), `hana` (HQ). */
  as(name: 'anna' | 'ben' | 'mia' | 'hana'): Promise<Caller>
  stranger(): Caller
  /** Waits until something holds; a condition of other processes, never of time. */
  until(condition: () => Promise<boolean>): Promise<void>
  close(): Promise<void>
}

const people: readonly { name: string; role: Role; memberId?: string; siteIds?: string[] }[] = [
  { name: 'anna', role: 'member', memberId: 'mb-anna' },
  { name: 'ben', role: 'member', memberId: 'mb-ben' },
  { name: 'mia', role: 'site_manager', siteIds: ['north'] },
  { name: 'hana', role: 'hq' },
]

/** Starts it; `limits` replaces the rate limits, which are wide by default. */
export async function startTestCloud(
  limits: { perUser?: object; perLogIn?: object } = {},
  more: Pick<CloudAdapters, 'aroundGateway'> = {},
): Promise<TestCloud> {
  const database = await createTestDatabase()
  const clock = new ManualClock(startMs)
  const random = new SeededRandom(7)
  const wide = { perSecond: 100_000, burst: 100_000 }
  const config = cloudConfigSchema.parse({
    dataFolder: 'unused',
    subjectKeyFile: join(mkdtempSync(join(tmpdir(), 'gatehouse-cloud-')), 'subject.key'),
    http: { port: 0 },
    limits: { perAddress: wide, perUser: wide, perLogIn: wide, bodyBytesMax: 10_000, ...limits },
  })
  const cloud = await startCloud(
    { ...config, databaseUrl: database.url },
    { clock, random, logger: pino({ level: 'silent' }), passwords: quickPasswords, ...more },
  )
  const { pool, auth, notifications, url } = cloud
  const by = commandOrigin('test', startMs)
  await putOperator(pool, 'demo', 'Demo', by)
  for (const name of ['north', 'south']) {
    const siteId = siteIdSchema.parse(name)
    await createSite(pool, random, { siteId, operatorId: 'demo', by })
    await inTransaction(pool, (tx) => putRows(tx, siteId, layout(name)))
  }
  await putPlans(pool, [{ planId: planIdSchema.parse('desks'), body: plan }], by)
  const members = [
    { memberId: memberIdSchema.parse('mb-anna'), displayName: 'Anna', planId: planIdSchema.parse('desks') },
    { memberId: memberIdSchema.parse('mb-ben'), displayName: 'Ben' },
  ]
  await putMembers(pool, members, by)
  for (const { name, ...rest } of people) {
    await ensureUser(
      { pool, auth, random },
      { email: `${name}@example.org`, password, displayName: name, ...rest },
      by,
    )
  }
  const siteId = siteIdSchema.parse('north')
  const { code } = await createEnrolmentCode(pool, random, { siteId, by })
  const site = new TestSite('north', { pool, notifications, baseUrl: url, clock })
  await site.enrol(code)
  return {
    cloud,
    clock,
    site,
    as: async (name) => {
      const caller = new Caller(url)
      const answer = await caller.logIn(`${name}@example.org`)
      if (answer.status !== 200) throw new TypeError(`log-in answered ${answer.status}: ${answer.text}`)
      return caller
    },
    stranger: () => new Caller(url),
    until: async (condition) => {
      while (!(await condition())) await delay(5)
    },
    close: async () => {
      await site.stop()
      await cloud.stop()
      await database.close()
    },
  }
}

const always = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))

const plan: DirectoryBody<'plan'> = {
  name: 'Desks',
  monthlyMinor: 20_000,
  discountPercent: 0,
  covers: ['desk'],
  access: { doors: 'public', hours: always },
}

function layout(name: string): DirectoryWrite[] {
  const rows: { kind: string; key: string; body: unknown }[] = [
    { kind: 'site', key: name, body: siteBody(name) },
    { kind: 'level', key: 'l1', body: { name: 'Ground', ordinal: 0, width: 100, height: 60 } },
    { kind: 'tariff', key: 't1', body: tariff },
    { kind: 'space', key: 'room-1', body: spaceBody('Room 1', 'meeting_room') },
    {
      kind: 'space',
      key: 'room-2',
      body: { ...spaceBody('Room 2', 'meeting_room'), earlyReleaseRefundPercent: 50 },
    },
    { kind: 'space', key: 'desk-1', body: spaceBody('Desk 1', 'desk') },
  ]
  return rows as DirectoryWrite[]
}

function siteBody(name: string) {
  return {
    name: `House ${name}`,
    kind: 'coworking',
    description: 'A quiet house by the harbour',
    descriptionIn: { de: 'Ein ruhiges Haus am Hafen' },
    address: '1 Quay',
    position: { latitude: 54, longitude: 10 },
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    openingHours: always,
    amenities: ['coffee'],
    settings: usualSettings,
  }
}

function spaceBody(name: string, kind: string) {
  return {
    name,
    kind,
    levelId: 'l1',
    capacity: 4,
    features: [],
    tariffId: 't1',
    bookable: true,
    gapMs: 0,
    outOfService: false,
    distanceMeters: 5,
    rect: { x: 0, y: 0, width: 10, height: 10 },
  }
}

const tariff = {
  name: 'Rooms',
  version: 1,
  currency: 'EUR',
  taxRatePercent: 19,
  freeMinutes: 0,
  bands: [
    {
      label: 'Hour',
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      from: '00:00',
      to: '24:00',
      steps: [{ unitMinutes: 60, amountMinor: 1_200 }],
    },
  ],
}
