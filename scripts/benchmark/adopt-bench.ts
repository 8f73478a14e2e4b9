import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { edgeConfigSchema } from '@gatehouse/edge/config'
import { systemAdapters } from '@gatehouse/edge/main'
import { adoptCommand } from '@gatehouse/edge/recovery/adopt-command'
import { upload } from './backlog-bench.ts'
import { benchEntries } from './bench-entries.ts'
import { startCloudUnderTest } from './cloud-under-test.ts'
import { short } from './statistics.ts'

/** What a busy site has recorded in a day and a half. */
const history = 40_000

/**
 * A new box takes over a site: from the command until its store holds the history that the cloud has and the edge can be
 * started on it. Each entry of the history takes its time, so the row says how many a second come back.
 */
export async function runAdoption(say: (line: string) => void): Promise<void> {
  const bench = await startCloudUnderTest()
  const { cloud, siteId, incarnation, nowMs, folder } = bench
  try {
    await upload(bench, [{ site: bench, texts: benchEntries(siteId, incarnation, history, nowMs) }])
    const by = commandOrigin('bench', nowMs)
    const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId, by, oldBox: 'gone' })
    const settings = { dataFolder: join(folder, 'new-box'), http: { port: 8101 }, cloud: { url: cloud.url } }
    const config = edgeConfigSchema.parse(settings)
    const startMs = performance.now()
    const exit = await adoptCommand(config, systemAdapters(config), { site: siteId, code }, () => undefined)
    if (exit !== 0) throw new RangeError('the new box did not take the site over')
    const adoptedMs = performance.now() - startMs
    say(
      `adoption  ${history} entries back and replayed in ${short(adoptedMs / 1000)} s  ${short((history / adoptedMs) * 1000)}/s`,
    )
  } finally {
    await bench.stop()
  }
}
