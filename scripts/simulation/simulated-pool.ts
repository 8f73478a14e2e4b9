import type { Pool } from '@gatehouse/cloud/database/pool'
import pg from 'pg'
import type { StatementGate } from './interleaving.ts'
import { type KnownStatement, PreparedStatement, type StatementResult } from './prepared-statement.ts'
import type { Quiet } from './quiet.ts'

const connectionsMax = 6
/**
 * Plans are made once per connection and never from statistics, which are gathered at any time: the order of rows that
 * nothing orders must depend on the seed alone.
 */
const planning = '-c plan_cache_mode=force_generic_plan -c jit=off'
/** Nobody looks at what the server would note about each statement. */
const unwatched = '-c track_activities=off -c track_counts=off -c update_process_title=off'
/** Different texts that are prepared; what comes after them is planned each time. */
const preparedMax = 2_000
/** Statements that PostgreSQL can prepare, where no values say so. */
const preparable = /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK)\b[^;]*$/
const nothing: StatementResult = { rows: [], rowCount: null }

type Query = (text: string | pg.QueryConfig, values?: unknown[]) => Promise<StatementResult>

/**
 * The cloud's connections to its database. They are made once and lent to one life of the cloud after the other;
 * when a life is killed, what it had begun is rolled back, and its calls are never answered.
 */
export class SimulatedPool {
  readonly #quiet: Quiet
  readonly #clients: pg.Client[]
  #free: pg.Client[]
  #waiting: ((client: pg.Client) => void)[] = []
  #life = 1
  #statementsLeft: number | undefined
  /** Counts statements, so that others can tell whether anything was asked. */
  statements = 0
  /** Counts what may have told listeners something, likewise. */
  announcements = 0
  readonly #known = new Map<string, KnownStatement>()
  /** Connections whose open transaction tells listeners something when it is committed. */
  readonly #announcing = new Set<pg.Client>()
  /** Holds statements back while a schedule decides about their order. */
  gate: StatementGate | undefined
  /** How transactions begin that have asked for nothing yet: the server hears it with their first statement. */
  readonly #beginning = new Map<pg.Client, KnownStatement>()
  /** Called when the life of the cloud ends in the middle of its work. */
  onKilled: () => void = () => {}

  private constructor(quiet: Quiet, clients: pg.Client[]) {
    this.#quiet = quiet
    this.#clients = clients
    this.#free = [...clients]
  }

  static async open(url: string, quiet: Quiet): Promise<SimulatedPool> {
    const clients = Array.from(
      { length: connectionsMax },
      () => new pg.Client({ connectionString: url, options: `${planning} ${unwatched}` }),
    )
    for (const client of clients) await client.connect()
    return new SimulatedPool(quiet, clients)
  }

  /** The server's processes behind the connections. */
  get pids(): readonly number[] {
    return this.#clients.map(pidOf)
  }

  /** The pool as a new life of the cloud gets it. */
  newLife(): Pool {
    this.#life += 1
    this.#statementsLeft = undefined
    return this.outside()
  }

  /** The pool for work beside that of the present life; it ends with it. */
  outside(): Pool {
    const life = this.#life
    const lend = async () => {
      // A life that has ended would never give its connection back.
      if (life !== this.#life) return new Promise<never>(() => {})
      const client = await this.#take()
      const query: Query = (text, values) => this.#ask(life, client, text, values)
      return { query, release: () => this.#give(life, client), on: () => {}, once: () => {}, off: () => {} }
    }
    const query: Query = async (text, values) => {
      const lease = await lend()
      try {
        return await lease.query(text, values)
      } finally {
        lease.release()
      }
    }
    // The product asks a pool for nothing else.
    return { query, connect: lend, end: async () => {}, on: () => {} } as unknown as Pool
  }

  /** Kills the cloud right after its next `count` statements, before it hears the answer to the last. */
  killAfter(count: number | undefined): void {
    this.#statementsLeft = count
  }

  /** Whether it is to be killed after some statements. */
  get isArmed(): boolean {
    return this.#statementsLeft !== undefined
  }

  /** Ends the present life: transactions are rolled back, calls stay unanswered. */
  async endLife(): Promise<void> {
    this.#life += 1
    this.#statementsLeft = undefined
    this.#waiting = []
    this.#announcing.clear()
    this.#beginning.clear()
    await this.#rollBack()
    this.#free = [...this.#clients]
  }

  /** Asks the database on behalf of the simulation itself. */
  async inspect<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
    const client = await this.#take()
    try {
      const result = await this.#run(client, text, values)
      return Array.isArray(result) ? [] : (result.rows as Row[])
    } finally {
      this.#handBack(client)
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.end()
  }

  async #ask(
    life: number,
    client: pg.Client,
    text: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<StatementResult> {
    if (life !== this.#life) return new Promise(() => {})
    this.statements += 1
    const dies = this.#statementsLeft === 1
    if (this.#statementsLeft !== undefined) this.#statementsLeft -= 1
    const words = typeof text === 'string' ? text : text.text
    this.#heed(client, words)
    const run = () => this.#run(client, text, values)
    const result = await (this.gate
      ? this.gate({ pid: pidOf(client), text: words, run })
      : this.#quiet.track(run()))
    if (dies) {
      this.#life += 1
      // Another statement may wait for a lock of a transaction that nobody will end.
      void this.#quiet.track(this.#rollBack())
      this.onKilled()
    }
    return life === this.#life ? result : new Promise(() => {})
  }

  async #rollBack(): Promise<void> {
    const lent = this.#clients.filter((client) => !this.#free.includes(client))
    await Promise.all(lent.map((client) => client.query('ROLLBACK')))
  }

  /** Has a text parsed and planned once per connection; most of what a short statement costs is that. */
  async #run(
    client: pg.Client,
    asked: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<StatementResult> {
    const text = typeof asked === 'string' ? asked : asked.text
    const given = typeof asked === 'string' ? values : (asked.values ?? values)
    const known = this.#statement(text, given !== undefined)
    if (known && text.startsWith('BEGIN')) {
      this.#beginning.set(client, known)
      return nothing
    }
    const begin = this.#beginning.get(client)
    this.#beginning.delete(client)
    if (known) return client.query(new PreparedStatement(known, given ?? [], begin)).done
    if (begin) await client.query(begin.text)
    return client.query(text, given)
  }

  #statement(text: string, hasValues: boolean): KnownStatement | undefined {
    const known = this.#known.get(text)
    if (known || this.#known.size >= preparedMax || (!hasValues && !preparable.test(text))) return known
    const fresh = { name: `s${this.#known.size}`, text, columns: undefined }
    this.#known.set(text, fresh)
    return fresh
  }

  /** Listeners hear at the commit; outside a transaction that is the statement itself. */
  #heed(client: pg.Client, text: string): void {
    const announces = text.includes('pg_notify')
    if (announces) this.#announcing.add(client)
    if (announces || (text === 'COMMIT' && this.#announcing.has(client))) this.announcements += 1
    if (text === 'COMMIT' || text === 'ROLLBACK') this.#announcing.delete(client)
  }

  #take(): Promise<pg.Client> {
    const client = this.#free.pop()
    if (client) return Promise.resolve(client)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #give(life: number, client: pg.Client): void {
    if (life === this.#life) this.#handBack(client)
  }

  #handBack(client: pg.Client): void {
    const next = this.#waiting.shift()
    if (next) next(client)
    else this.#free.push(client)
  }
}

function pidOf(client: pg.Client): number {
  return (client as unknown as { readonly processID: number }).processID
}
