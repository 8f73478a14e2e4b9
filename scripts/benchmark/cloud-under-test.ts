import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { createSite, putOperator } from '@gatehouse/cloud/sites/site-store'
import { SystemClock } from '@gatehouse/cloud/system-clock'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { type CloudClientOptions, enrol } from '@gatehouse/edge/sync/cloud-client'
import { CloudTime } from '@gatehouse/edge/sync/cloud-time'
import { loadSiteKey, type SiteIdentity } from '@gatehouse/edge/sync/site-identity'
import { siteTokens } from '@gatehouse/edge/sync/site-token'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { pino } from 'pino'

/** A site that the cloud knows, and what its machine needs to call. */
export interface EnrolledSite {
  readonly siteId: SiteId
  readonly incarnation: number
  readonly streamUrl: string
  readonly identity: SiteIdentity
  readonly client: CloudClientOptions
  readonly token: () => Promise<string>
}

/** A cloud with its own database and one enrolled site. */
export interface CloudUnderTest extends EnrolledSite {
  readonly cloud: Cloud
  readonly nowMs: number
  /** A folder that goes away with the cloud. */
  readonly folder: string
  /** One more site of the same operator. */
  readonly enrolSite: (name: string) => Promise<EnrolledSite>
  readonly stop: () => Promise<void>
}

const plenty = { perSecond: 100_000, burst: 100_000 }

/** Starts a cloud with durable commits, as an operator would, and enrols one site. */
export async function startCloudUnderTest(): Promise<CloudUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-cloud-'))
  // The database's account must be able to pass this folder when the bench runs as root.
  chmodSync(folder, 0o755)
  const clock = new SystemClock()
  const config = cloudConfigSchema.parse({
    dataFolder: folder,
    http: { port: 0 },
    limits: { perAddress: plenty, perLogIn: plenty },
  })
  const cloud = await startCloud(config, { clock, random: systemRandom, logger: pino({ level: 'error' }) })
  const nowMs = clock.now().wallMs
  await putOperator(cloud.pool, 'bench', 'Bench (demo)', commandOrigin('bench', nowMs))
  const enrolSite = (name: string) => enrolledSite(cloud, join(folder, name), siteIdSchema.parse(name))
  return {
    cloud,
    ...(await enrolSite('bench-site')),
    nowMs,
    folder,
    enrolSite,
    stop: async () => {
      await cloud.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function enrolledSite(cloud: Cloud, folder: string, siteId: SiteId): Promise<EnrolledSite> {
  const clock = new SystemClock()
  const by = commandOrigin('bench', clock.now().wallMs)
  await createSite(cloud.pool, systemRandom, { siteId, operatorId: 'bench', by })
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId, by })
  mkdirSync(folder)
  const key = loadSiteKey(folder)
  const identity = await enrol(cloud.url, { code, publicKey: key.publicKey, machine: 'bench' })
  const { incarnation } = identity
  const cloudTime = new CloudTime(clock)
  const token = siteTokens({ identity, key, clock, cloudTime })
  return {
    siteId,
    incarnation,
    streamUrl: `${cloud.url}/sync/v1/stream/${siteId}/${incarnation}`,
    identity,
    client: { cloudUrl: cloud.url, token, cloudTime },
    token,
  }
}
