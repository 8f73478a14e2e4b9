import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { type AddUserRequest, addUserCommand } from './add-user.ts'
import type { CloudAdapters } from './cloud-program.ts'
import type { CloudConfig } from './config.ts'
import { openDatabase } from './database/open-database.ts'
import { importCommand } from './import/import-command.ts'
import { readImportFile } from './import/import-file.ts'
import { createAuth } from './members/auth.ts'
import { loadCloudIdentity } from './sites/cloud-identity.ts'
import { createEnrolmentCode } from './sites/enrolment.ts'

export type CommandOutput = (line: string) => void

/** Adds somebody who may log in, beside a running cloud or without one; exit codes of `addUserCommand`. */
export async function addUser(
  config: CloudConfig,
  { random }: CloudAdapters,
  request: AddUserRequest,
  output: CommandOutput,
): Promise<number> {
  const database = await openDatabase(config, { beside: true })
  try {
    const { pool } = database
    const { loginSecret } = await loadCloudIdentity(pool, random)
    // Nobody logs in through this command, so the address does not matter.
    const auth = createAuth({ pool, secret: loginSecret, publicUrl: 'http://localhost', trustedOrigins: [] })
    return await addUserCommand({ pool, auth, random }, request, output)
  } finally {
    await database.close()
  }
}

/** Makes a one-time enrolment code for a site, beside a running cloud or without one. Exit 1: no such site. */
export async function enrolmentCodeCommand(
  config: CloudConfig,
  { clock, random }: CloudAdapters,
  site: string,
  output: CommandOutput,
): Promise<number> {
  const siteId = siteIdSchema.safeParse(site)
  const database = await openDatabase(config, { beside: true })
  try {
    const { rows } = await database.pool.query<{ site_id: string }>('SELECT site_id FROM sites ORDER BY 1')
    if (!siteId.success || !rows.some((row) => row.site_id === site)) {
      output(`There is no site ${site}. Known: ${rows.map((row) => row.site_id).join(', ') || 'none'}.`)
      output('Write one into a file like cloud/import/example.json and import it.')
      return 1
    }
    const request = { siteId: siteId.data, nowMs: clock.now().wallMs }
    const { code, expiresMs } = await createEnrolmentCode(database.pool, random, request)
    output(`${code} (valid until ${new Date(expiresMs).toISOString()}, once)`)
    return 0
  } finally {
    await database.close()
  }
}

/** Writes the sites and people of a file, beside a running cloud or without one. Exit 2: the file cannot be used. */
export async function importFile(
  config: CloudConfig,
  { clock, random }: CloudAdapters,
  path: string,
  output: CommandOutput,
): Promise<number> {
  const file = readImportFile(path)
  if ('lines' in file) {
    output(`${path} cannot be used:\n  ${file.lines.join('\n  ')}`)
    return 2
  }
  const database = await openDatabase(config, { beside: true })
  try {
    // A database that is new gets its epoch here; directory rows carry it.
    await loadCloudIdentity(database.pool, random)
    await importCommand({ pool: database.pool, random, nowMs: clock.now().wallMs }, file, output)
    return 0
  } finally {
    await database.close()
  }
}
