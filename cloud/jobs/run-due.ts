import type { Queryable } from '../database/pool.ts'

/** Work that nobody asks for and that has to be looked for. */
export interface DueJob {
  /** SQL that tells whether there is any now: an expression over `$1::bigint`, epoch milliseconds. */
  readonly isDue: string
  readonly run: () => Promise<unknown>
}

/**
 * Asks in one statement which jobs have something to do, and runs those in their order: mostly there is nothing. What one
 * of them makes for another is found by the next round.
 */
export async function runDue(db: Queryable, nowMs: number, jobs: readonly DueJob[]): Promise<void> {
  const asked = jobs.map(({ isDue }) => `(${isDue})`)
  const { rows } = await db.query<{ due: readonly boolean[] }>(`SELECT ARRAY[${asked.join(', ')}] AS due`, [
    nowMs,
  ])
  const due = rows[0]?.due ?? []
  for (const [index, job] of jobs.entries()) if (due[index] === true) await job.run()
}
