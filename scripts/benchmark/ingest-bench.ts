import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { appendAll } from './append-load.ts'
import { benchEntries } from './bench-entries.ts'
import { type CloudUnderTest, startCloudUnderTest } from './cloud-under-test.ts'
import { short } from './statistics.ts'

const entryCount = 30_000
const batch = 500

/** Appends entries through the cloud's own endpoint until all are projected, against `COPY` of the same bytes. */
export async function runIngest(say: (line: string) => void): Promise<void> {
  const bench = await startCloudUnderTest()
  try {
    const texts = benchEntries(bench.siteId, bench.incarnation, entryCount, bench.nowMs)
    const copyPerSecond = await copyRate(bench.cloud.databaseUrl, texts)
    const ingested = await ingestRate(bench, texts)
    say(
      `ingest  appended ${short(ingested.appended)}/s  appended and projected ${short(ingested.projected)}/s  ` +
        `COPY of the same bytes ${short(copyPerSecond)}/s  ratio ${(ingested.projected / copyPerSecond).toFixed(3)}`,
    )
  } finally {
    await bench.stop()
  }
}

/** How many of these entries a second `COPY` takes into a bare table. */
export async function copyRate(databaseUrl: string, texts: readonly string[]): Promise<number> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await client.query('CREATE TABLE IF NOT EXISTS bench_copy (text text NOT NULL)')
    const lines = texts.map((text) => `${text.replaceAll('\\', '\\\\')}\n`)
    const startMs = performance.now()
    await pipeline(Readable.from(lines), client.query(copyFrom('COPY bench_copy FROM STDIN')))
    return texts.length / ((performance.now() - startMs) / 1000)
  } finally {
    await client.end()
  }
}

async function ingestRate(
  { cloud, siteId, streamUrl, token }: CloudUnderTest,
  texts: readonly string[],
): Promise<{ readonly appended: number; readonly projected: number }> {
  const headers = async () => ({ authorization: `Bearer ${await token()}` })
  const startMs = performance.now()
  const producer = { id: siteId, requests: 0 }
  const appended = await appendAll({ url: streamUrl, headers, producer }, texts, batch)
  while ((await projectedSeq(cloud, siteId)) < texts.length) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { appended, projected: texts.length / ((performance.now() - startMs) / 1000) }
}

async function projectedSeq(cloud: CloudUnderTest['cloud'], siteId: string): Promise<number> {
  const { rows } = await cloud.pool.query<{ seq: string | null }>(
    'SELECT max(seq) AS seq FROM projection_positions WHERE site_id = $1',
    [siteId],
  )
  return Number(rows[0]?.seq ?? 0)
}
