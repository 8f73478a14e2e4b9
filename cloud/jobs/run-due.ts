import pg from 'pg'
import type { Queryable } from '../database/pool.ts'

/** Work that nobody asks for and that has to be looked for. */
export interface DueJob {
  /** SQL that tells whether there is any now: an expression over `$1::bigint`, epoch milliseconds. */
  readonly isDue: string
  readonly run: () => Promise<unknown>
}

/**
 * Asks in one statement which jobs have something to do, and runs those in their order: mostly there is nothing. What one
 * of them makes for another is found by the next round. A job that fails, or whose question does, takes no other one with
 * it; see `runEach` for what is thrown.
 */
export async function runDue(db: Queryable, nowMs: number, jobs: readonly DueJob[]): Promise<void> {
  const together = await ask(db, nowMs, jobs).catch((error: unknown) => {
    // Without a connection there is nobody to ask again.
    if (!(error instanceof pg.DatabaseError)) throw error
    return undefined
  })
  const steps = jobs.map((job, index) => async () => {
    const due = together === undefined ? (await ask(db, nowMs, [job]))[0] : together[index]
    if (due === true) await job.run()
  })
  await runEach(steps)
}

async function ask(db: Queryable, nowMs: number, jobs: readonly DueJob[]): Promise<readonly boolean[]> {
  const asked = jobs.map(({ isDue }) => `(${isDue})`)
  // Not every question names the time.
  const { rows } = await db.query<{ due: readonly boolean[] }>(
    `SELECT ARRAY[${asked.join(', ')}] AS due FROM (SELECT $1::bigint) AS asked`,
    [nowMs],
  )
  return rows[0]?.due ?? []
}

/** Runs each step in its order, whatever befalls the others. Throws at the end what one of them threw, or all of it. */
export async function runEach(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => failures.push(error))
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'several jobs failed')
}
