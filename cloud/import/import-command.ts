import type { Random } from '@gatehouse/shared/random/random'
import type { ActOrigin } from '../audit/act.ts'
import type { Pool } from '../database/pool.ts'
import { putChangedRows } from '../directory/put-changes.ts'
import { issueCredentials, putMembers, putPlans } from '../members/member-store.ts'
import type { SubjectSeal } from '../members/subject-seal.ts'
import { tellAllVehicles } from '../members/vehicle-store.ts'
import { putPhoto } from '../photos/photo-store.ts'
import { createSite, putOperator } from '../sites/site-store.ts'
import type { ImportFile } from './import-file.ts'
import { siteMistakes } from './site-mistakes.ts'
import { type SitePhotos, withPhotos } from './site-photos.ts'

/**
 * Writes what a file says, through the same functions as everything else; what is not in the file stays as it
 * is. Safe to repeat: sites keep their keys and credentials that were revoked stay revoked. A site added later
 * learns of plans, members, their vehicles and credentials when the whole file is imported again. Returns false, and has written
 * nothing, when sites of the file contradict themselves.
 */
export async function importCommand(
  parts: {
    readonly pool: Pool
    readonly random: Random
    readonly seal: SubjectSeal
    readonly by: ActOrigin
  },
  file: ImportFile,
  photos: SitePhotos,
  output: (line: string) => void,
): Promise<boolean> {
  const { pool, random, by } = parts
  const mistakes = await siteMistakes(pool, file)
  if (mistakes.length > 0) {
    for (const line of mistakes) output(line)
    return false
  }
  const { operatorId, name } = file.operator
  await putOperator(pool, operatorId, name, by)
  for (const { siteId } of file.sites) await createSite(pool, random, { siteId, operatorId, by })
  for (const { siteId, rows: written } of file.sites) {
    for (const { photo } of photos.get(siteId) ?? []) await putPhoto(pool, photo)
    const rows = await withPhotos(pool, siteId, written, photos.get(siteId))
    const changed = await putChangedRows(pool, siteId, rows, by)
    output(`site ${siteId}: ${changed} of ${rows.length} rows are new or changed`)
  }
  await putPlans(pool, file.plans, by)
  await putMembers(pool, file.members, by)
  await tellAllVehicles(parts)
  const revoked = await pool.query<{ credential_id: string }>(
    'SELECT credential_id FROM credential WHERE revoked',
  )
  const lost = new Set(revoked.rows.map((row) => row.credential_id))
  const issued = file.credentials.filter(({ credentialId }) => !lost.has(credentialId))
  await issueCredentials(pool, issued, by)
  output(`${file.plans.length} plans, ${file.members.length} members, ${issued.length} credentials`)
  const left = file.credentials.length - issued.length
  if (left > 0) output(`${left} credentials were revoked and stay so`)
  return true
}
