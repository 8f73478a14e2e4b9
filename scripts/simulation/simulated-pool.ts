import type { Pool } from '@gatehouse/cloud/database/pool'
import pg from 'pg'
import type { Quiet } from './quiet.ts'

const connectionsMax = 6

type Query = (text: string | pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>

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
  /** Called when the life of the cloud ends in the middle of its work. */
  onKilled: () => void = () => {}

  private constructor(quiet: Quiet, clients: pg.Client[]) {
    this.#quiet = quiet
    this.#clients = clients
    this.#free = [...clients]
  }

  static async open(url: string, quiet: Quiet): Promise<SimulatedPool> {
    const clients = Array.from({ length: connectionsMax }, () => new pg.Client({ connectionString: url }))
    for (const client of clients) await client.connect()
    return new SimulatedPool(quiet, clients)
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

  /** Ends the present life: transactions are rolled back, calls stay unanswered. */
  async endLife(): Promise<void> {
    this.#life += 1
    this.#statementsLeft = undefined
    this.#waiting = []
    for (const client of this.#clients) await client.query('ROLLBACK')
    this.#free = [...this.#clients]
  }

  /** Asks the database on behalf of the simulation itself. */
  async inspect<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
    const client = await this.#take()
    try {
      const result = await client.query<Row>(text, values)
      return Array.isArray(result) ? [] : result.rows
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
  ): Promise<pg.QueryResult> {
    if (life !== this.#life) return new Promise(() => {})
    this.statements += 1
    const dies = this.#statementsLeft === 1
    if (this.#statementsLeft !== undefined) this.#statementsLeft -= 1
    const result = await this.#quiet.track(client.query(text as string, values))
    if (dies) {
      this.#life += 1
      this.onKilled()
    }
    return life === this.#life ? result : new Promise(() => {})
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
