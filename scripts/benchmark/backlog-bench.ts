import { setTimeout as wait } from 'node:timers/promises'
import { appendAll } from './append-load.ts'
import { benchEntries } from './bench-entries.ts'
import { type CloudUnderTest, type EnrolledSite, startCloudUnderTest } from './cloud-under-test.ts'
import { copyRate } from './ingest-bench.ts'
import { short } from './statistics.ts'

/** What a busy site records in seven days. */
const backlog = 200_000
const sitesAtOnce = 50
/** As an edge sends them. */
const batch = 500
/** A run that takes longer ends there, and says how far it came. */
const forMaxMs = 45_000

interface Backlog {
  readonly site: EnrolledSite
  readonly texts: readonly string[]
}

/**
 * What sites recorded in seven days without a network goes up, from one site and from fifty at once, until all of it is
 * projected; against `COPY` of the same bytes.
 */
export async function runBacklogs(say: (line: string) => void): Promise<void> {
  for (const sites of [1, sitesAtOnce]) {
    const bench = await startCloudUnderTest()
    try {
      const backlogs = await record(bench, sites)
      const copied = await copyRate(
        bench.cloud.databaseUrl,
        backlogs.flatMap(({ texts }) => texts),
      )
      const { entries, seconds } = await upload(bench, backlogs)
      say(
        `backlog  ${String(sites).padStart(2)} ${sites === 1 ? 'site ' : 'sites'}  ${short(entries)} entries up and projected in ` +
          `${short(seconds)} s  ${short(entries / seconds)}/s  COPY ${short(copied)}/s  ` +
          `ratio ${(entries / seconds / copied).toFixed(3)}`,
      )
    } finally {
      await bench.stop()
    }
  }
}

async function record(bench: CloudUnderTest, sites: number): Promise<readonly Backlog[]> {
  const backlogs: Backlog[] = []
  for (let at = 0; at < sites; at += 1) {
    const site = at === 0 ? bench : await bench.enrolSite(`bench-site-${at}`)
    const texts = benchEntries(site.siteId, site.incarnation, backlog / sites, bench.nowMs)
    backlogs.push({ site, texts })
  }
  return backlogs
}

/** Sends entries of sites until all of them are projected, or the time of a run is over; tells how many, and how long it took. */
export async function upload({ cloud }: CloudUnderTest, backlogs: readonly Backlog[]) {
  const startMs = performance.now()
  const sinceMs = () => performance.now() - startMs
  const sent = await Promise.all(backlogs.map((one) => send(one, () => sinceMs() < forMaxMs)))
  const entries = sent.reduce((sum, count) => sum + count, 0)
  const projected = async () => {
    const { rows } = await cloud.pool.query<{ count: string | null }>(
      'SELECT sum(seq)::text AS count FROM projection_positions',
    )
    return Number(rows[0]?.count ?? 0)
  }
  while ((await projected()) < entries) await wait(20)
  return { entries, seconds: sinceMs() / 1000 }
}

/** One site sends request after request while `goesOn`; tells how many entries it sent. */
async function send({ site, texts }: Backlog, goesOn: () => boolean): Promise<number> {
  const headers = async () => ({ authorization: `Bearer ${await site.token()}` })
  let from = 0
  for (let requests = 0; from < texts.length && goesOn(); requests += 1, from += batch) {
    const producer = { id: site.siteId, requests }
    await appendAll({ url: site.streamUrl, headers, producer }, texts.slice(from, from + batch), batch)
  }
  return Math.min(from, texts.length)
}
