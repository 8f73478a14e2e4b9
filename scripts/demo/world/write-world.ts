import { type ActOrigin, commandOrigin } from '@gatehouse/cloud/audit/act'
import { fundBucket } from '@gatehouse/cloud/credits/fund-bucket'
import type { Pool } from '@gatehouse/cloud/database/pool'
import { putChangedRows } from '@gatehouse/cloud/directory/put-changes'
import type { DirectoryWrite } from '@gatehouse/cloud/directory/put-rows'
import { readDirectory } from '@gatehouse/cloud/directory/read-rows'
import type { Auth } from '@gatehouse/cloud/members/auth'
import { issueCredentials, putMembers, putPlans } from '@gatehouse/cloud/members/member-store'
import { hasSitePassword, setSitePassword } from '@gatehouse/cloud/members/site-password'
import type { SubjectSeal } from '@gatehouse/cloud/members/subject-seal'
import { ensureUser } from '@gatehouse/cloud/members/users'
import { putVehicle } from '@gatehouse/cloud/members/vehicle-store'
import { putPhoto } from '@gatehouse/cloud/photos/photo-store'
import { createSite, putOperator } from '@gatehouse/cloud/sites/site-store'
import {
  credentialIdSchema,
  creditBucketIdSchema,
  memberIdSchema,
  newId,
  planIdSchema,
  type SiteId,
  vehicleIdSchema,
} from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { demoLogins, demoMembers, demoPassword } from './people.ts'
import { demoPictures } from './pictures.ts'
import { planRows } from './plans.ts'
import { rowsOf, type WorldRow } from './rows.ts'

/** As many people as the panel shows. */
const registeredMax = 12
const operatorId = 'harbour-and-quay'
const day = 86_400_000
const demoCredits = [
  { index: 0, amountMinor: 12_000, promotional: false },
  { index: 0, amountMinor: 2_000, promotional: true },
  { index: 1, amountMinor: 8_000, promotional: false },
  { index: 5, amountMinor: 20_000, promotional: false },
] as const

export interface WorldParts {
  readonly pool: Pool
  readonly auth: Auth
  readonly seal: SubjectSeal
  readonly random: Random
  readonly nowMs: number
  readonly sites: readonly { readonly siteId: SiteId; readonly rows: readonly WorldRow[] }[]
}

/** Writes the demo world through the cloud's own functions; what is already there and equal is left alone. */
export async function writeWorld(parts: WorldParts): Promise<void> {
  const { pool, random, nowMs } = parts
  const by = commandOrigin('demo', nowMs)
  await putOperator(pool, operatorId, 'Harbour & Quay (demo)', by)
  for (const { photo } of Object.values(demoPictures)) await putPhoto(pool, photo)
  for (const { siteId, rows } of parts.sites) {
    await createSite(pool, random, { siteId, operatorId, by })
    await writeSite(pool, siteId, rows, by)
  }
  await writePeople(parts, by)
}

async function writeSite(
  pool: Pool,
  siteId: SiteId,
  rows: readonly WorldRow[],
  by: ActOrigin,
): Promise<void> {
  // Only the world writes devices and spaces, so one that it no longer has was taken down.
  const removed: DirectoryWrite[] = []
  for (const kind of ['device', 'space'] as const) {
    const present = new Set(rowsOf(rows, kind).map(({ key }) => key))
    for (const { key } of await readDirectory(pool, kind, [siteId])) {
      if (!present.has(key)) removed.push({ kind, key, body: null })
    }
  }
  // `row` checked each body against the schema of its kind.
  await putChangedRows(pool, siteId, [...(rows as readonly DirectoryWrite[]), ...removed], by)
}

async function writePeople(parts: WorldParts, by: ActOrigin): Promise<void> {
  const { pool, auth, random, nowMs, sites } = parts
  const siteIds = sites.map(({ siteId }) => siteId)
  const known = await readDirectory(pool, 'credential', siteIds)
  if (known.length < demoMembers.length * 2 * sites.length) {
    await putPlans(
      pool,
      planRows.map(({ key, body }) => ({ planId: planIdSchema.parse(key), body })),
      by,
    )
    await putMembers(
      pool,
      demoMembers.map(({ memberId, displayName, planId }) => ({
        memberId: memberIdSchema.parse(memberId),
        displayName,
        // Plans began before the demo's history does.
        ...(planId === undefined
          ? {}
          : { planId: planIdSchema.parse(planId), planFromMs: nowMs - 60 * 86_400_000 }),
      })),
      by,
    )
    await issueCredentials(
      pool,
      demoMembers.flatMap(({ memberId, card, pin }) => [
        {
          credentialId: credentialIdSchema.parse(`c-${memberId}`),
          memberId: memberIdSchema.parse(memberId),
          kind: 'card' as const,
          secret: card,
        },
        {
          credentialId: credentialIdSchema.parse(`p-${memberId}`),
          memberId: memberIdSchema.parse(memberId),
          kind: 'pin' as const,
          secret: pin,
        },
      ]),
      by,
    )
    await registerVehicles(parts)
    await giveCredits(parts, by)
  }
  for (const { email, name, role, memberId, siteIds: managed } of demoLogins) {
    const userId = await ensureUser(
      { pool, auth, random },
      {
        email,
        password: demoPassword,
        role,
        displayName: name,
        siteIds: managed,
        ...(memberId === undefined ? {} : { memberId }),
      },
      by,
    )
    if (role !== 'site_manager' || (await hasSitePassword(pool, userId))) continue
    await setSitePassword({ pool, random }, { userId, password: demoPassword }, by)
  }
}

/** A few members paid ahead, one was given something; where it goes is the cloud's policy. */
async function giveCredits({ pool, random, nowMs }: WorldParts, by: ActOrigin): Promise<void> {
  for (const { index, amountMinor, promotional } of demoCredits) {
    const memberId = demoMembers[index]?.memberId
    if (memberId === undefined) continue
    await fundBucket(
      pool,
      {
        bucketId: newId(creditBucketIdSchema, 'cb', random),
        ...{
          memberId: memberIdSchema.parse(memberId),
          operatorId,
          currency: 'EUR',
          amountMinor,
          promotional,
        },
        ...{ fromMs: nowMs - day, expiresMs: nowMs + (promotional ? 14 : 90) * day },
        reason: promotional ? 'gift' : 'purchase',
      },
      by,
    )
  }
}

/** Vehicles of the members whom the panel offers; everybody else's car is a stranger's. */
async function registerVehicles({ pool, seal, nowMs }: WorldParts): Promise<void> {
  for (const { memberId, plate, vehicleId } of demoMembers.slice(0, registeredMax)) {
    if (plate === undefined) continue
    const vehicle = { vehicleId: vehicleIdSchema.parse(vehicleId), plate, vehicleClass: 'car' } as const
    await putVehicle({ pool, seal }, memberId, vehicle, nowMs)
  }
}
