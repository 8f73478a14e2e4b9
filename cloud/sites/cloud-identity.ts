import { generateKeyPairSync } from 'node:crypto'
import type { Random } from '@gatehouse/shared/random/random'
import { cloudOrigin } from '../audit/act.ts'
import { inTransaction, type Pool, type Queryable } from '../database/pool.ts'
import { renewEpoch } from './epoch.ts'

/** Who this cloud is: what its promises count from, and the key that sites pin. */
export interface CloudIdentity {
  /** Positions of directories are `(epoch, rev)`. As of the start; `currentEpoch` tells what it is now. */
  readonly epoch: number
  /** JWK `x` of the Ed25519 key, base64url. */
  readonly publicKey: string
  /** PKCS #8, PEM; signs passes. */
  readonly privateKey: string
  /** Signs log-in cookies; 43 characters. */
  readonly loginSecret: string
}

interface IdentityRow {
  readonly epoch: number
  readonly public_key: string
  readonly private_key: string
  readonly login_secret: string
  readonly database_identity: string
}

/**
 * Loads the cloud's identity, making it on the first start.
 *
 * A database that was restored from a backup is another database (another system identifier or timeline):
 * it did not make the promises that came after the backup, so a new epoch begins. `nowMs` dates its record.
 */
export async function loadCloudIdentity(pool: Pool, random: Random, nowMs: number): Promise<CloudIdentity> {
  return inTransaction(pool, async (tx) => {
    await tx.query('LOCK TABLE cloud_identity IN SHARE ROW EXCLUSIVE MODE')
    const database = await databaseIdentity(tx)
    const { rows } = await tx.query<IdentityRow>('SELECT * FROM cloud_identity')
    const found = rows[0] ?? (await create(tx, random, database))
    if (found.database_identity === database) return identityOf(found)
    await tx.query('UPDATE cloud_identity SET database_identity = $1', [database])
    const by = cloudOrigin(nowMs)
    const epoch = await renewEpoch(tx, { reason: 'database_restored', ends: found.epoch, by })
    return identityOf({ ...found, epoch })
  })
}

async function databaseIdentity(tx: Queryable): Promise<string> {
  const { rows } = await tx.query<{ identity: string }>(
    `SELECT system_identifier || ':' || timeline_id AS identity FROM pg_control_system(), pg_control_checkpoint()`,
  )
  return rows[0]?.identity ?? 'unknown'
}

async function create(tx: Queryable, random: Random, database: string): Promise<IdentityRow> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const row = {
    epoch: 1,
    public_key: publicKey.export({ format: 'jwk' }).x ?? '',
    private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    login_secret: Buffer.from(random.bytes(32)).toString('base64url'),
    database_identity: database,
  }
  await tx.query(
    `INSERT INTO cloud_identity (epoch, public_key, private_key, login_secret, database_identity)
     VALUES ($1, $2, $3, $4, $5)`,
    [row.epoch, row.public_key, row.private_key, row.login_secret, row.database_identity],
  )
  return row
}

function identityOf(row: IdentityRow): CloudIdentity {
  return {
    epoch: row.epoch,
    publicKey: row.public_key,
    privateKey: row.private_key,
    loginSecret: row.login_secret,
  }
}
