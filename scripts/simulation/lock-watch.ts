import pg from 'pg'

/** Sees which connections wait for a lock that one of the others holds. */
export class LockWatch {
  readonly #url: string
  #client: pg.Client | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Of some connections, by the ids of their processes, those that wait for another of them. */
  async waiting(pids: readonly number[], among: readonly number[]): Promise<ReadonlySet<number>> {
    const { rows } = await (await this.#connected()).query<{ pid: number }>(
      'SELECT pid FROM unnest($1::int[]) AS pid WHERE pg_blocking_pids(pid) && $2::int[]',
      [pids, among],
    )
    return new Set(rows.map(({ pid }) => pid))
  }

  /** Ends the statement that a connection is waiting with; its caller sees an error. */
  async cancel(pid: number): Promise<void> {
    await (await this.#connected()).query('SELECT pg_cancel_backend($1)', [pid])
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client === undefined) {
      this.#client = new pg.Client({ connectionString: this.#url })
      await this.#client.connect()
    }
    return this.#client
  }
}
