import pg from 'pg'

// Ids are text and times are epoch milliseconds, so every bigint fits a number: 2^53 ms is the year 287396.
const bigintType = 20
pg.types.setTypeParser(bigintType, (text) => Number(text))

export type Pool = pg.Pool
/** One connection inside a transaction. */
export type Transaction = pg.PoolClient
/** Anything that runs SQL: the pool or a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>
/** A connection string, or the parts of one. */
export type Connection = string | pg.ClientConfig

const poolMax = 20

/** Opens a pool of at most 20 connections; nothing is connected until the first query. */
export function openPool(connection: Connection, max = poolMax): Pool {
  const parts = typeof connection === 'string' ? { connectionString: connection } : connection
  const pool = new pg.Pool({ ...parts, max, connectionTimeoutMillis: 10_000, application_name: 'gatehouse' })
  // A connection that dies while idle is replaced by the pool; whoever queries next sees real failures.
  pool.on('error', () => undefined)
  return pool
}

/**
 * Runs `work` in one transaction: commits what it returns, rolls back when it throws. The connection is discarded when
 * even the rollback fails.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await pool.connect()
  let broken = false
  try {
    await tx.query('BEGIN')
    const value = await work(tx)
    await tx.query('COMMIT')
    return value
  } catch (error) {
    await tx.query('ROLLBACK').catch(() => {
      broken = true
    })
    throw error
  } finally {
    tx.release(broken)
  }
}

/**
 * Runs `work` in one transaction that sees only the rows of `operatorId`: row-level security is in force
 * whatever the queries say.
 */
export async function asOperator<T>(
  pool: Pool,
  operatorId: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`SELECT set_config('gatehouse.operator', $1, true)`, [operatorId])
    await tx.query('SET LOCAL ROLE gatehouse_tenant')
    return work(tx)
  })
}
