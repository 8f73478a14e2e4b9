import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Queryable } from './database/pool.ts'

/** What the cloud counts about itself. */
export interface Metrics {
  readonly registry: Registry
  readonly entriesReceived: Counter
  readonly entriesProjected: Counter
  readonly projectionFailures: Counter
}

/** Builds the metrics of one process; gauges ask the database when they are read. */
export function createMetrics(db: Queryable): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const gauge = (name: string, help: string, sql: string) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const { rows } = await db.query<{ value: number }>(sql)
        this.set(Number(rows[0]?.value ?? 0))
      },
    })
  gauge(
    'gatehouse_projection_lag_entries',
    'Entries that were stored but not projected yet.',
    `SELECT coalesce(sum(s.head_seq - coalesce(p.seq, 0)), 0) AS value
     FROM streams s LEFT JOIN projection_positions p USING (site_id, incarnation)`,
  )
  gauge(
    'gatehouse_exceptions_open',
    'Exceptions that wait for a person.',
    'SELECT count(*) AS value FROM exceptions WHERE closed_ms IS NULL',
  )
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  return {
    registry,
    entriesReceived: counter('gatehouse_entries_received_total', 'Entries appended by sites.'),
    entriesProjected: counter('gatehouse_entries_projected_total', 'Entries projected by this process.'),
    projectionFailures: counter('gatehouse_projection_failures_total', 'Projection runs that failed.'),
  }
}
