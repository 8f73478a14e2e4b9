import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { createSite, putOperator } from '@gatehouse/cloud/sites/site-store'
import { SystemClock } from '@gatehouse/cloud/system-clock'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { enrol } from '@gatehouse/edge/sync/cloud-client'
import { CloudTime } from '@gatehouse/edge/sync/cloud-time'
import { loadSiteKey } from '@gatehouse/edge/sync/site-identity'
import { siteTokens } from '@gatehouse/edge/sync/site-token'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { pino } from 'pino'
import { benchEntries } from './bench-entries.ts'
import { short } from './statistics.ts'

const entryCount = 30_000
const batch = 500
const siteId: SiteId = siteIdSchema.parse('bench-site')

/** Appends entries through the cloud's own endpoint until all are projected, against `COPY` of the same bytes. */
export async function runIngest(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-cloud-'))
  // The database's account must be able to pass this folder when the bench runs as root.
  chmodSync(folder, 0o755)
  const clock = new SystemClock()
  const config = cloudConfigSchema.parse({
    dataFolder: folder,
    http: { port: 0 },
    limits: { perAddress: { perSecond: 100_000, burst: 100_000 } },
  })
  const cloud = await startCloud(config, { clock, random: systemRandom, logger: pino({ level: 'error' }) })
  try {
    const nowMs = clock.now().wallMs
    const by = commandOrigin('bench', nowMs)
    await putOperator(cloud.pool, 'bench', 'Bench (demo)', by)
    await createSite(cloud.pool, systemRandom, { siteId, operatorId: 'bench', by })
    const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId, by })
    const key = loadSiteKey(folder)
    const identity = await enrol(cloud.url, { code, publicKey: key.publicKey, machine: 'bench' })
    const token = siteTokens({ identity, key, clock, cloudTime: new CloudTime(clock) })
    const texts = benchEntries(siteId, identity.incarnation, entryCount, nowMs)
    const copyPerSecond = await copyRate(cloud.databaseUrl, texts)
    const ingested = await ingestRate(cloud, identity.incarnation, token, texts)
    say(
      `ingest  appended ${short(ingested.appended)}/s  appended and projected ${short(ingested.projected)}/s  ` +
        `COPY of the same bytes ${short(copyPerSecond)}/s  ratio ${(ingested.projected / copyPerSecond).toFixed(3)}`,
    )
  } finally {
    await cloud.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function copyRate(databaseUrl: string, texts: readonly string[]): Promise<number> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await client.query('CREATE TABLE bench_copy (text text NOT NULL)')
    const lines = texts.map((text) => `${text.replaceAll('\\', '\\\\')}\n`)
    const startMs = performance.now()
    await pipeline(Readable.from(lines), client.query(copyFrom('COPY bench_copy FROM STDIN')))
    return texts.length / ((performance.now() - startMs) / 1000)
  } finally {
    await client.end()
  }
}

async function ingestRate(
  cloud: Cloud,
  incarnation: number,
  token: () => Promise<string>,
  texts: readonly string[],
): Promise<{ readonly appended: number; readonly projected: number }> {
  const startMs = performance.now()
  for (let from = 0, seq = 0; from < texts.length; from += batch, seq += 1) {
    const answer = await fetch(`${cloud.url}/sync/v1/stream/${siteId}/${incarnation}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token()}`,
        'content-type': 'application/json',
        'Producer-Id': `${siteId}.${incarnation}`,
        'Producer-Epoch': '0',
        'Producer-Seq': String(seq),
      },
      body: `[${texts.slice(from, from + batch).join(',')}]`,
    })
    if (!answer.ok) throw new RangeError(`an append was answered ${answer.status}: ${await answer.text()}`)
  }
  const appended = texts.length / ((performance.now() - startMs) / 1000)
  while ((await projectedSeq(cloud)) < texts.length) await new Promise((resolve) => setTimeout(resolve, 20))
  return { appended, projected: texts.length / ((performance.now() - startMs) / 1000) }
}

async function projectedSeq(cloud: Cloud): Promise<number> {
  const { rows } = await cloud.pool.query<{ seq: string | null }>(
    'SELECT max(seq) AS seq FROM projection_positions WHERE site_id = $1',
    [siteId],
  )
  return Number(rows[0]?.seq ?? 0)
}
