import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { CloudAdapters } from './cloud-program.ts'
import type { CloudConfig } from './config.ts'
import { openDatabase } from './database/open-database.ts'
import { createAuth } from './members/auth.ts'
import { roles } from './members/permissions.ts'
import { ensureUser } from './members/users.ts'
import { loadCloudIdentity } from './sites/cloud-identity.ts'
import { createEnrolmentCode } from './sites/enrolment.ts'

export type CommandOutput = (line: string) => void

/**
 * Adds somebody who may log in, or changes their name and role. Exit 1 when a field is out of bounds; exit 2
 * for an unknown role.
 */
export async function addUserCommand(
  config: CloudConfig,
  { random }: CloudAdapters,
  user: { readonly email: string; readonly role: string; readonly name: string; readonly password: string },
  output: CommandOutput,
): Promise<number> {
  const role = roles.find((known) => known === user.role)
  if (role === undefined) {
    output(`There is no role ${user.role}. Known: ${roles.join(', ')}.`)
    return 2
  }
  const database = await openDatabase(config, { beside: true })
  try {
    const { pool } = database
    const { loginSecret } = await loadCloudIdentity(pool, random)
    const auth = createAuth({ pool, secret: loginSecret, publicUrl: 'http://localhost', trustedOrigins: [] })
    const { email, name: displayName, password } = user
    await ensureUser({ pool, auth, random }, { email, password, role, displayName })
    output(`${email} may log in as ${role}.`)
    return 0
  } catch (error) {
    if (!isSiteError(error) || error.retryable) throw error
    output(error.hint)
    return 1
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
