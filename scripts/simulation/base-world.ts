import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { inTransaction, type Pool } from '@gatehouse/cloud/database/pool'
import { type DirectoryWrite, putRows } from '@gatehouse/cloud/directory/put-rows'
import { issueCredentials, putMembers, putPlans } from '@gatehouse/cloud/members/member-store'
import { loadCloudIdentity } from '@gatehouse/cloud/sites/cloud-identity'
import { createEnrolmentCode, enrol } from '@gatehouse/cloud/sites/enrolment'
import { createSite, putOperator } from '@gatehouse/cloud/sites/site-store'
import type { SiteIdentity } from '@gatehouse/edge/sync/site-identity'
import {
  credentialIdSchema,
  memberIdSchema,
  planIdSchema,
  type SiteId,
  siteIdSchema,
} from '@gatehouse/shared/ids/ids'
import { type Random, SeededRandom } from '@gatehouse/shared/random/random'
import { ed25519Key } from './seeded-chance.ts'
import { cardOf, memberIds, pinOf, planBody, siteRows } from './world-rows.ts'

/** Friday 20 November 2026, 09:00 in Berlin: every run begins then. */
export const startMs = Date.UTC(2026, 10, 20, 8)
/** Sites that a run can have. */
export const sitesMax = 5
export const siteIds = Array.from({ length: sitesMax }, (_none, index) => `site-${index + 1}`)

/** What a machine of a site has on its disk once it is enrolled. */
export interface EnrolledMachine {
  readonly identity: SiteIdentity
  /** The content of `site-key.json`. */
  readonly keyFile: string
}

/** A machine's key, as its file holds it. */
function machineKey(random: Random): { readonly keyFile: string; readonly publicKey: string } {
  const jwk = ed25519Key(random.bytes(32)).export({ format: 'jwk' })
  return { keyFile: JSON.stringify(jwk), publicKey: jwk.x ?? '' }
}

/** Writes operator, sites, members and cards into an empty database, and enrols a machine for each site. */
export async function writeBaseWorld(pool: Pool): Promise<ReadonlyMap<string, EnrolledMachine>> {
  const random = new SeededRandom(20_261_120)
  const by = commandOrigin('simulation', startMs)
  const cloud = await loadCloudIdentity(pool, random, startMs)
  await putOperator(pool, 'simulated', 'Simulated Spaces', by)
  const planId = planIdSchema.parse('desks')
  const parsed = siteIds.map((siteId) => siteIdSchema.parse(siteId))
  for (const siteId of parsed) {
    await createSite(pool, random, { siteId, operatorId: 'simulated', by })
    await inTransaction(pool, (tx) => putRows(tx, siteId, siteRows(siteId) as DirectoryWrite[]))
  }
  await putPlans(pool, [{ planId, body: planBody }], by)
  const members = memberIds.map((memberId) => ({
    memberId: memberIdSchema.parse(memberId),
    displayName: memberId,
    planId,
  }))
  await putMembers(pool, members, by)
  const cards = members.map(({ memberId }) => ({
    credentialId: credentialIdSchema.parse(`cr-${memberId}`),
    memberId,
    kind: 'card' as const,
    secret: cardOf(memberId),
  }))
  const pins = members.map(({ memberId }) => ({
    credentialId: credentialIdSchema.parse(`cr-pin-${memberId}`),
    memberId,
    kind: 'pin' as const,
    secret: pinOf(memberId),
  }))
  await issueCredentials(pool, [...cards, ...pins], by)
  const machines = new Map<string, EnrolledMachine>()
  for (const siteId of parsed) {
    machines.set(
      siteId,
      await enrolMachine(pool, random, { siteId, cloudKey: cloud.publicKey, nowMs: startMs }),
    )
  }
  return machines
}

async function enrolMachine(
  pool: Pool,
  random: Random,
  { siteId, cloudKey, nowMs }: { readonly siteId: SiteId; readonly cloudKey: string; readonly nowMs: number },
): Promise<EnrolledMachine> {
  const { keyFile, publicKey } = machineKey(random)
  const by = commandOrigin('simulation', nowMs)
  const { code } = await createEnrolmentCode(pool, random, { siteId, by })
  const answer = await enrol(pool, cloudKey, { code, publicKey, machine: siteId, nowMs })
  if (!answer.ok) throw new RangeError(`enrolment refused: ${answer.error}`)
  return { identity: answer.value, keyFile }
}
