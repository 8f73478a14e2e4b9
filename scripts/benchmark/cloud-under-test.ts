import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { pino } from 'pino'

/** A cloud with its own database and one enrolled site. */
export interface CloudUnderTest {
  readonly cloud: Cloud
  readonly siteId: SiteId
  readonly incarnation: number
  readonly streamUrl: string
  readonly token: () => Promise<string>
  readonly nowMs: number
  /** A folder that goes away with the cloud. */
  readonly folder: string
  readonly stop: () => Promise<void>
}

/** Starts a cloud with durable commits, as an operator would, and enrols one site. */
export async function startCloudUnderTest(): Promise<CloudUnderTest> {
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
  const siteId = siteIdSchema.parse('bench-site')
  const nowMs = clock.now().wallMs
  const by = commandOrigin('bench', nowMs)
  await putOperator(cloud.pool, 'bench', 'Bench (demo)', by)
  await createSite(cloud.pool, systemRandom, { siteId, operatorId: 'bench', by })
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId, by })
  const key = loadSiteKey(folder)
  const identity = await enrol(cloud.url, { code, publicKey: key.publicKey, machine: 'bench' })
  const { incarnation } = identity
  return {
    cloud,
    siteId,
    incarnation,
    streamUrl: `${cloud.url}/sync/v1/stream/${siteId}/${incarnation}`,
    token: siteTokens({ identity, key, clock, cloudTime: new CloudTime(clock) }),
    nowMs,
    folder,
    stop: async () => {
      await cloud.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
