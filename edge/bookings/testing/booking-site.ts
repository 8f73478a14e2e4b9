import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Problem } from '@gatehouse/shared/api/problem'
import type { BookingView } from '@gatehouse/shared/api/views'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { deviceIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { usualSettings } from '@gatehouse/shared/wire/v1/testing/usual-settings'
import { Hono } from 'hono'
import { creditsModule } from '../../credits/credits-module.ts'
import { CardPayments } from '../../drawer/card-payments.ts'
import { drawerModule } from '../../drawer/drawer-module.ts'
import { SandboxGateway } from '../../drawer/sandbox-gateway.ts'
import type { LedgerModule } from '../../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../../ledger/database.ts'
import { Kernel, type KernelOptions } from '../../ledger/kernel.ts'
import { loansModule } from '../../loans/loans-module.ts'
import { packageRoot } from '../../package-root.ts'
import { type AppliedRow, Directory } from '../../sync/directory.ts'
import type { BookingEnvironment } from '../booking-environment.ts'
import { BookingSweep } from '../booking-sweep.ts'
import { createBookingsModule } from '../bookings-module.ts'
import { RequestRunner } from '../request-runner.ts'
import { bookingRoutes } from '../routes.ts'
import { SubjectStore } from '../subject-store.ts'

export const minute = 60_000
export const hour = 60 * minute
/** Friday 2026-11-20, 10:00 in Berlin. */
export const friday10 = Date.parse('2026-11-20T10:00:00+01:00')

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const always = everyDay.map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))

function space(name: string, kind: string, capacity: number): AppliedRow['body'] {
  return {
    name,
    kind,
    levelId: 'level-1',
    capacity,
    features: [],
    tariffId: 'rooms',
    bookable: true,
    gapMs: kind === 'meeting_room' ? 15 * minute : 0,
    outOfService: false,
    distanceMeters: 10,
    rect: { x: 0, y: 0, width: 20, height: 10 },
  }
}

const bodies: readonly (readonly [kind: string, key: string, body: AppliedRow['body']])[] = [
  [
    'site',
    'harbour-house',
    {
      name: 'Harbour House',
      kind: 'coworking',
      description: '',
      address: 'Quay 1',
      position: { latitude: 53.5, longitude: 10 },
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      openingHours: always,
      amenities: [],
      settings: usualSettings,
    },
  ],
  ['level', 'level-1', { name: 'Ground floor', ordinal: 0, width: 300, height: 200 }],
  [
    'tariff',
    'rooms',
    {
      name: 'Rooms',
      version: 1,
      currency: 'EUR',
      taxRatePercent: 19,
      freeMinutes: 0,
      bands: [
        {
          label: 'Hour',
          weekdays: everyDay,
          from: '00:00',
          to: '24:00',
          steps: [{ unitMinutes: 30, amountMinor: 600 }],
        },
      ],
    },
  ],
  ['space', 'elm', space('Elm', 'meeting_room', 4)],
  ['space', 'oak', space('Oak', 'meeting_room', 6)],
  ['space', 'desk-1', space('Desk 1', 'desk', 1)],
  ['space', 'desk-2', space('Desk 2', 'desk', 1)],
  [
    'plan',
    'resident',
    {
      name: 'Resident',
      monthlyMinor: 29_900,
      discountPercent: 25,
      covers: ['desk'],
      access: { doors: 'public', hours: always },
    },
  ],
  ['member', 'm-1', { displayName: 'Demo Member', planId: 'resident', vehicles: [] }],
]

/** Everything a test of bookings holds in its hands. */
export interface BookingSite {
  readonly folder: string
  readonly clock: ManualClock
  readonly db: SiteDatabase
  readonly directory: Directory
  /** Brings one directory row; `body` null removes it. */
  readonly apply: (kind: string, key: string, body: AppliedRow['body']) => void
  readonly gateway: SandboxGateway
  readonly cards: CardPayments
  readonly env: BookingEnvironment
  readonly modules: readonly LedgerModule[]
  /** What the kernel reported as bugs; empty in a good test. */
  readonly bugs: unknown[]
  readonly kernel: Kernel
  readonly requests: RequestRunner
  readonly sweep: BookingSweep
  readonly app: Hono
  readonly close: () => void
}

type AskBack = Parameters<typeof bookingRoutes>[0]['askBack']

/** A coworking site on a real SQLite file, with the HTTP routes in front of it; two rooms, two desks, one member. */
export function openBookingSite(
  folder = mkdtempSync(join(tmpdir(), 'bookings-')),
  Gateway: new (path: string) => SandboxGateway = SandboxGateway,
  askBack: AskBack = async () => undefined,
  more: (directory: Directory) => Pick<KernelOptions, 'modules' | 'effects'> = () => ({
    modules: [],
    effects: [],
  }),
): BookingSite {
  const clock = new ManualClock(friday10)
  const random = new SeededRandom(11)
  const siteId = siteIdSchema.parse('harbour-house')
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(readFileSync(join(packageRoot, 'sync/tables.sql'), 'utf8'))
  const directory = new Directory(db, siteId)
  const apply = (kind: string, key: string, body: AppliedRow['body']) => {
    const rev = directory.position().rev + 1
    const row = { kind, key, body, epoch: 1, rev }
    directory.apply([row], { epoch: 1, rev, handle: undefined, offset: String(rev) }, false)
  }
  for (const [kind, key, body] of bodies) apply(kind, key, body)
  const gateway = new Gateway(join(folder, 'sandbox.sqlite'))
  const cards = new CardPayments({ gateway, random, wait: async () => {} })
  const subjects = new SubjectStore(random.bytes(32), random)
  const env: BookingEnvironment = { directory, tzdataVersion: '2025c', subjects }
  const added = more(directory)
  const own = [drawerModule, creditsModule, createBookingsModule(env), loansModule({ directory })]
  const modules = [...own, ...added.modules]
  const bugs: unknown[] = []
  const kernel = new Kernel({
    receiptKey: 'test',
    db,
    siteId,
    incarnation: 1,
    clock,
    random,
    modules,
    effects: [...cards.effectHandlers(), ...added.effects],
    onBug: (error) => bugs.push(error),
  })
  const requests = new RequestRunner({ kernel, directory })
  const sweep = new BookingSweep({ kernel, directory, clock })
  const memberTokens = { resolve: (token: string) => (token === 'token-m-1' ? 'm-1' : undefined) }
  const app = bookingApp({ kernel, env, clock, cards, memberTokens, askBack })
  const close = () => {
    requests.stop()
    db.close()
    gateway.close()
  }
  return {
    folder,
    clock,
    db,
    directory,
    apply,
    gateway,
    cards,
    env,
    modules,
    bugs,
    kernel,
    requests,
    sweep,
    app,
    close,
  }
}

type AppParts = Pick<
  Parameters<typeof bookingRoutes>[0],
  'kernel' | 'env' | 'clock' | 'cards' | 'memberTokens' | 'askBack'
>

/** The booking routes behind a stand-in for the guards: header `device` names the caller. */
function bookingApp(parts: AppParts): Hono {
  const around = {
    link: () => ({ state: 'live' as const, sinceMs: friday10 }),
    doorState: () => undefined,
    occupiedNow: () => false,
  }
  const app = new Hono()
  app.use(async (c, next) => {
    c.set('caller', { deviceId: deviceIdSchema.parse(c.req.header('device') ?? 'kiosk-1'), scope: 'kiosk' })
    c.set('idempotencyKey', c.req.header('idempotency-key') ?? '')
    await next()
  })
  app.route('/', bookingRoutes({ ...parts, around }))
  return app
}

/** The fields tests look at; which are there depends on the answer. */
type AnswerBody = BookingView &
  Omit<Problem, 'status'> & { readonly items: BookingView[]; readonly receipt: unknown }

/** Sends a POST with an idempotency key and reads the answer. */
export async function post(
  site: BookingSite,
  request: { readonly path: string; readonly key: string; readonly body?: unknown },
): Promise<{ readonly status: number; readonly body: AnswerBody }> {
  const response = await site.app.request(request.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': request.key.padEnd(8, '-') },
    body: JSON.stringify(request.body ?? {}),
  })
  return { status: response.status, body: (await response.json()) as AnswerBody }
}

/** Reads a path and its answer. */
export async function get(
  site: BookingSite,
  path: string,
): Promise<{ readonly status: number; readonly body: AnswerBody }> {
  const response = await site.app.request(path)
  return { status: response.status, body: (await response.json()) as AnswerBody }
}
