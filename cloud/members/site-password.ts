import { scrypt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Queryable, type Transaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'

const logN = 15
const saltBytes = 16
const hashBytes = 32
const memoryBytesMax = 80 * 1024 * 1024

/** What a site needs to recognise a password: `scrypt$LOG2N$SALT$HASH` (wire, `siteVerifierSchema`). */
function verifierOf(password: string, random: Random): Promise<string> {
  const salt = Buffer.from(random.bytes(saltBytes))
  const options = { N: 2 ** logN, r: 8, p: 1, maxmem: memoryBytesMax }
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, hash) =>
      error
        ? reject(error)
        : resolve(`scrypt$${logN}$${salt.toString('base64url')}$${hash.toString('base64url')}`),
    ),
  )
}

/** Sets the password with which somebody logs in at the sites that they run, and sends it there. */
export async function setSitePassword(
  { pool, random }: { readonly pool: Pool; readonly random: Random },
  { userId, password }: { readonly userId: string; readonly password: string },
  by: ActOrigin,
): Promise<void> {
  const verifier = await verifierOf(password, random)
  await inTransaction(pool, async (tx) => {
    await tx.query(
      `INSERT INTO site_password (user_id, verifier, set_ms) VALUES ($1, $2, $3)
       ON CONFLICT (user_id) DO UPDATE SET verifier = $2, set_ms = $3`,
      [userId, verifier, by.nowMs],
    )
    await settleStaffRows(tx, userId)
    await recordActs(tx, by, [{ act: 'site_password.changed', subject: { kind: 'user', id: userId } }])
  })
}

interface StaffFacts {
  readonly email: string
  readonly displayName: string
  readonly verifier: string
  readonly siteIds: readonly string[]
}

/**
 * Makes the `staff` rows of one person what they have to be: one at each site that they run, once they have a site
 * password, and none anywhere else. Called wherever name, address, sites or site password change.
 */
export async function settleStaffRows(tx: Transaction, userId: string): Promise<void> {
  const { rows: present } = await tx.query<{ siteId: string; body: unknown }>(
    `SELECT site_id AS "siteId", body FROM site_directory
     WHERE kind = 'staff' AND key = $1 AND body IS NOT NULL`,
    [userId],
  )
  const { rows: people } = await tx.query<StaffFacts>(
    `SELECT email, name AS "displayName", verifier,
       ARRAY(SELECT site_id FROM site_manager m WHERE m.user_id = u.id) AS "siteIds"
     FROM login_user u JOIN site_password p ON p.user_id = u.id
     WHERE u.id = $1 AND u.role = 'site_manager'`,
    [userId],
  )
  const [person] = people
  const body = person && {
    displayName: person.displayName,
    email: person.email,
    verifier: person.verifier,
  }
  const bodyAt = new Map(present.map((row) => [row.siteId, row.body]))
  // In one order for everybody, so that two changes never wait for each other.
  const siteIds = [...new Set([...bodyAt.keys(), ...(person?.siteIds ?? [])])].sort()
  for (const siteId of siteIds) {
    const wanted = person?.siteIds.includes(siteId) ? (body ?? null) : null
    if (isDeepStrictEqual(bodyAt.get(siteId) ?? null, wanted)) continue
    await putRows(tx, siteIdSchema.parse(siteId), [{ kind: 'staff', key: userId, body: wanted }])
  }
}

/** Tells whether somebody has one. */
export async function hasSitePassword(db: Queryable, userId: string): Promise<boolean> {
  const { rows } = await db.query('SELECT FROM site_password WHERE user_id = $1', [userId])
  return rows.length > 0
}
