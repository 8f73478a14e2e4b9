import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { type AddUserRequest, addUserCommand } from './add-user.ts'
import { type ActOrigin, commandOrigin } from './audit/act.ts'
import type { CloudAdapters } from './cloud-core.ts'
import { type CloudConfig, subjectKeyFileOf } from './config.ts'
import { openDatabase } from './database/open-database.ts'
import { inTransaction } from './database/pool.ts'
import { importCommand } from './import/import-command.ts'
import { readImportFile } from './import/import-file.ts'
import { readSitePhotos } from './import/site-photos.ts'
import { createAuth } from './members/auth.ts'
import { findCredentials, revokeCredential } from './members/member-store.ts'
import { SubjectSeal } from './members/subject-seal.ts'
import { loadCloudIdentity } from './sites/cloud-identity.ts'
import { createEnrolmentCode, oldBoxSchema } from './sites/enrolment.ts'
import { currentEpoch, renewEpoch } from './sites/epoch.ts'

export type CommandOutput = (line: string) => void

/** Who stands behind a command: the machine's operator; all that one call does shares a trace. */
function originOf(command: string, { clock, random }: CloudAdapters): ActOrigin {
  return commandOrigin(command, clock.now().wallMs, Buffer.from(random.bytes(16)).toString('hex'))
}

/** Adds somebody who may log in, beside a running cloud or without one; exit codes of `addUserCommand`. */
export async function addUser(
  config: CloudConfig,
  adapters: CloudAdapters,
  request: AddUserRequest,
  output: CommandOutput,
): Promise<number> {
  const { random } = adapters
  const database = await openDatabase(config, { beside: true })
  try {
    const { pool } = database
    const by = originOf('add-user', adapters)
    const { loginSecret } = await loadCloudIdentity(pool, random, by.nowMs)
    // Nobody logs in through this command, so the address does not matter.
    const auth = createAuth({ pool, secret: loginSecret, publicUrl: 'http://localhost', trustedOrigins: [] })
    return await addUserCommand({ pool, auth, random, by }, request, output)
  } finally {
    await database.close()
  }
}

/**
 * Makes a one-time enrolment code for a site, beside a running cloud or without one; with `oldBox` (what became of the
 * box before, which is off and stays off) one that lets a new box take over. Exit 1: no such site · 2: not such a word.
 */
export async function enrolmentCodeCommand(
  config: CloudConfig,
  adapters: CloudAdapters,
  { site, oldBox }: { readonly site: string; readonly oldBox?: string | undefined },
  output: CommandOutput,
): Promise<number> {
  const siteId = siteIdSchema.safeParse(site)
  const stated = oldBoxSchema.optional().safeParse(oldBox)
  if (!stated.success) {
    output(`--old-box says what became of the box that is replaced: ${oldBoxSchema.options.join(', ')}.`)
    return 2
  }
  const database = await openDatabase(config, { beside: true })
  try {
    const { rows } = await database.pool.query<{ site_id: string }>('SELECT site_id FROM sites ORDER BY 1')
    if (!siteId.success || !rows.some((row) => row.site_id === site)) {
      output(`There is no site ${site}. Known: ${rows.map((row) => row.site_id).join(', ') || 'none'}.`)
      output('Write one into a file like cloud/import/example.json and import it.')
      return 1
    }
    const by = originOf('enrolment-code', adapters)
    const request = { siteId: siteId.data, by, ...(stated.data && { oldBox: stated.data }) }
    const { code, expiresMs } = await createEnrolmentCode(database.pool, adapters.random, request)
    output(`${code} (valid until ${new Date(expiresMs).toISOString()}, once)`)
    return 0
  } finally {
    await database.close()
  }
}

/**
 * `restored`: a person says that the database was put back by other tools than ours, which nothing else may show. A new
 * epoch begins, beside a running cloud or without one; sites send again what this cloud has not.
 */
export async function restoredCommand(
  config: CloudConfig,
  adapters: CloudAdapters,
  output: CommandOutput,
): Promise<number> {
  const database = await openDatabase(config, { beside: true })
  try {
    const { pool } = database
    const by = originOf('restored', adapters)
    await loadCloudIdentity(pool, adapters.random, by.nowMs)
    const ends = await currentEpoch(pool)
    const epoch = await inTransaction(pool, (tx) => renewEpoch(tx, { reason: 'said_by_person', ends, by }))
    output(
      `Epoch ${epoch} has begun. Sites fetch their directory anew and send again what this cloud has not.`,
    )
    return 0
  } finally {
    await database.close()
  }
}

/** Writes the sites and people of a file, beside a running cloud or without one. Exit 2: the file cannot be used. */
export async function importFile(
  config: CloudConfig,
  adapters: CloudAdapters,
  path: string,
  output: CommandOutput,
): Promise<number> {
  const file = readImportFile(path)
  if ('lines' in file) {
    output(`${path} cannot be used:\n  ${file.lines.join('\n  ')}`)
    return 2
  }
  const photos = readSitePhotos(path, file)
  if ('lines' in photos) {
    output(`${path} cannot be used:\n  ${photos.lines.join('\n  ')}`)
    return 2
  }
  const database = await openDatabase(config, { beside: true })
  try {
    // A database that is new gets its epoch here; directory rows carry it.
    const { random } = adapters
    const by = originOf('import', adapters)
    await loadCloudIdentity(database.pool, random, by.nowMs)
    const seal = new SubjectSeal(subjectKeyFileOf(config), random)
    return (await importCommand({ pool: database.pool, random, seal, by }, file, photos, output)) ? 0 : 2
  } finally {
    await database.close()
  }
}

/**
 * Revokes one credential (by id or by the digest that a site has of it), or all of a member, at every site.
 * Exit 1: nothing is known under that name.
 */
export async function revokeCredentialCommand(
  config: CloudConfig,
  adapters: CloudAdapters,
  reference: string,
  output: CommandOutput,
): Promise<number> {
  const database = await openDatabase(config, { beside: true })
  try {
    const { pool } = database
    const by = originOf('revoke-credential', adapters)
    await loadCloudIdentity(pool, adapters.random, by.nowMs)
    const found = await findCredentials(pool, reference)
    if (found.length === 0) {
      output(`No credential, member or digest ${reference} is known.`)
      return 1
    }
    for (const credentialId of found) {
      const isNew = await revokeCredential(pool, credentialId, by)
      output(
        `${credentialId} ${isNew ? 'is revoked; sites learn of it within seconds' : 'was revoked before'}`,
      )
    }
    return 0
  } finally {
    await database.close()
  }
}
