import { BookingSweep } from '@gatehouse/edge/bookings/booking-sweep'
import type { EdgeConfig } from '@gatehouse/edge/config'
import type { EdgeAdapters } from '@gatehouse/edge/edge-program'
import { openSiteCore, type SiteCore } from '@gatehouse/edge/site/site-core'
import { CloudTime } from '@gatehouse/edge/sync/cloud-time'
import { DirectorySubscription } from '@gatehouse/edge/sync/directory-subscription'
import { enrolUntilDone } from '@gatehouse/edge/sync/enrolment'
import { loadIdentity, loadSiteKey, type SiteIdentity } from '@gatehouse/edge/sync/site-identity'
import { siteTokens } from '@gatehouse/edge/sync/site-token'
import { version } from '@gatehouse/edge/version'
import { type Clock, ManualClock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { ParkedVehicle } from '../site/parked-vehicles.ts'
import { demoMembers } from '../world/people.ts'
import { replayBookings } from './bookings.ts'
import { idleHub } from './idle-hub.ts'
import { planMishaps, replayMishaps, withLapsingCard } from './mishaps.ts'
import { type PlanSpan, planBookings, planStays, planTaps } from './plan.ts'
import { replayStays } from './stays.ts'
import { replayTaps } from './taps.ts'
import { Timeline } from './timeline.ts'

const dayMs = 24 * 3_600_000
/** Bookings reach this many days beyond today. */
const aheadDays = 4
const sweepMs = 10 * 60_000
const directoryMaxMs = 30_000
const directoryRetryMs = 500
const staysPerDay = 64
/** A card's reservation lapsed about so many days ago, in a history that is longer; HQ has that case on its table. */
const lapsedDays = 4
/** The same people do the same things on every first start. */
const seed = 20_260_611
/** Mishaps draw numbers of their own, so that they change nothing of what people do. */
const mishapSeed = seed + 1

export interface HistoryOptions extends Pick<EdgeAdapters, 'random' | 'logger'> {
  readonly config: EdgeConfig
  /** The present; the history ends here. */
  readonly clock: Clock
  /** How many days are lived through before today. */
  readonly days: number
}

export interface HistoryReport {
  readonly entries: number
  readonly parked: readonly ParkedVehicle[]
  /** How many planned commands the site refused, by command and code. */
  readonly refused: Readonly<Record<string, number>>
}

/**
 * Enrols a site, takes its directory, and lives through three weeks with the real kernel on a clock of its own.
 * The edge that starts afterwards uploads what happened. Throws `history_failed` when the cloud gives no directory.
 */
export async function liveThroughHistory(options: HistoryOptions): Promise<HistoryReport> {
  const { config, clock, random, logger, days } = options
  const identity = loadIdentity(config.dataFolder) ?? (await enrolNow(options))
  const nowMs = clock.now().wallMs
  const beginMs = Math.floor(nowMs / dayMs) * dayMs - days * dayMs
  const past = new ManualClock(beginMs, 'demo-history')
  const core = await openSiteCore(config, { clock: past, random, logger }, identity, (error) =>
    logger.error({ error }, 'the store failed while the history was written'),
  )
  try {
    core.connectHub(idleHub)
    await takeDirectory(options, core, identity)
    core.link.report(true)
    await core.kernel.submit({
      kind: 'recordStart',
      caller: 'system',
      key: 'history-start',
      input: { version, incarnation: identity.incarnation },
    })
    return await replay(core, { past, beginMs, nowMs, days, siteKey: identity.siteKey })
  } finally {
    core.kernel.close()
    core.kernel.db.close()
  }
}

async function enrolNow({ config, random, logger }: HistoryOptions): Promise<SiteIdentity> {
  const identity = await enrolUntilDone({
    dataFolder: config.dataFolder,
    cloudUrl: config.cloud.url,
    code: config.cloud.enrolmentCode,
    key: loadSiteKey(config.dataFolder),
    random,
    signal: AbortSignal.timeout(directoryMaxMs),
    log: (message, detail) => logger.warn({ detail }, message),
  })
  if (identity !== undefined) return identity
  throw failed('The cloud did not accept the enrolment code. Start with --fresh.')
}

/** Follows the site's shape with the real client until the first complete copy has arrived. */
async function takeDirectory(
  { config, clock, logger }: HistoryOptions,
  core: SiteCore,
  identity: SiteIdentity,
): Promise<void> {
  if (core.directory.site() !== undefined) return
  const cloudTime = new CloudTime(clock)
  const key = loadSiteKey(config.dataFolder)
  const token = siteTokens({ identity, key, clock, cloudTime })
  const subscription = new DirectorySubscription({
    directory: core.directory,
    identity,
    client: { cloudUrl: config.cloud.url, token, cloudTime },
    onReachable: () => undefined,
    onRefused: (reason, row) => logger.warn({ reason, row }, 'a directory row was refused'),
    onOlderCopy: () => undefined,
    onFailure: (error) => logger.warn({ error }, 'the directory could not be read'),
    retryMs: () => directoryRetryMs,
  })
  const arrived = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(failed('The cloud sent no directory.')), directoryMaxMs)
    const stop = core.directory.onChange(() => {
      if (core.directory.site() === undefined) return
      clearTimeout(timer)
      stop()
      resolve()
    })
  })
  subscription.start()
  await arrived.finally(() => subscription.stop())
}

async function replay(
  core: SiteCore,
  when: {
    readonly past: ManualClock
    readonly beginMs: number
    readonly nowMs: number
    readonly days: number
    readonly siteKey: string
  },
): Promise<HistoryReport> {
  const { past, beginMs, nowMs, days, siteKey } = when
  const timeline = new Timeline(past)
  const refused: Record<string, number> = {}
  const onRefused = (what: string, code: string) => {
    refused[`${what} ${code}`] = (refused[`${what} ${code}`] ?? 0) + 1
  }
  const parked = new Map<string, ParkedVehicle>()
  const span: PlanSpan = { fromMs: beginMs, days: days + 1 }
  const random = new SeededRandom(seed)
  const { directory } = core
  const spaces = [...directory.all('space')].map(([key, body]) => ({ key, body }))
  const shared = { core, timeline, onRefused }
  const lanes = [...directory.all('lane')]
  const laneIds = (direction: 'entry' | 'exit') =>
    lanes.filter(([, lane]) => lane.direction === direction).map(([key]) => key)
  // Only on days that are over: every door was closed again, and whoever slipped in has left.
  const mishaps = planMishaps(
    new SeededRandom(mishapSeed),
    { ...span, days },
    {
      doorIds: [...directory.all('door').keys()],
      entryLaneIds: laneIds('entry'),
      exitLaneIds: laneIds('exit'),
    },
  )
  replayMishaps(shared, mishaps)
  const bookings = planBookings({
    random,
    span: { ...span, days: span.days + aheadDays },
    spaces,
    members: demoMembers,
  })
  replayBookings({ ...shared, beginMs }, bookings)
  const [firstDoor, ...doors] = [...directory.all('door').keys()]
  if (firstDoor !== undefined) {
    replayTaps(
      { ...shared, siteKey },
      planTaps({ random, span, doorIds: [firstDoor, ...doors], members: demoMembers }),
    )
  }
  const [entry, ...entries] = laneIds('entry')
  const [exit, ...exits] = laneIds('exit')
  if (entry !== undefined && exit !== undefined) {
    const lanesOf = { entryLaneIds: [entry, ...entries], exitLaneIds: [exit, ...exits] } satisfies Record<
      string,
      [string, ...string[]]
    >
    const stays = planStays({ random, span, ...lanesOf, perDay: staysPerDay })
    const lapsing = days > lapsedDays ? withLapsingCard(stays, nowMs - lapsedDays * dayMs) : stays
    replayStays({ ...shared, parked }, lapsing)
  }
  const sweep = new BookingSweep({ kernel: core.kernel, directory, clock: past })
  for (let atMs = beginMs + sweepMs; atMs <= nowMs; atMs += sweepMs) {
    await timeline.runUntil(atMs)
    await sweep.run()
  }
  await timeline.runUntil(nowMs)
  return { entries: core.kernel.head.seq, parked: [...parked.values()], refused }
}

function failed(hint: string): SiteError {
  return new SiteError({ code: 'history_failed', op: 'demo.history', hint, retryable: true })
}
