import { createRequire } from 'node:module'
import pg from 'pg'

const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue(value: unknown): unknown
}

/** The part of a connection of `pg` that a statement speaks to. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void }
  readonly parsedStatements: Readonly<Record<string, string>>
  parse(asked: { readonly name: string; readonly text: string }): void
  bind(asked: {
    readonly statement: string
    readonly values: readonly unknown[]
    readonly valueMapper: (value: unknown) => unknown
  }): void
  describe(asked: { readonly type: 'P'; readonly name: string }): void
  execute(asked: Readonly<Record<string, never>>): void
  sync(): void
}

interface Column {
  readonly name: string
  readonly dataTypeID: number
}

interface Reader {
  readonly name: string
  readonly read: (text: string) => unknown
}

/** What is known of one text: its name on every connection, and its columns once the server has described them. */
export interface KnownStatement {
  readonly name: string
  readonly text: string
  columns: readonly Reader[] | undefined
}

/** What came of a statement, as far as anybody looks at it. */
export type StatementResult = Pick<pg.QueryResult, 'rows' | 'rowCount'>

/**
 * One run of a statement that its connection has parsed before. `pg` itself asks for the columns each time and makes
 * everything for reading them anew, which costs more than the statement.
 */
export class PreparedStatement implements pg.Submittable {
  readonly name: string
  readonly text: string
  readonly done: Promise<StatementResult>
  readonly #known: KnownStatement
  readonly #values: readonly unknown[]
  readonly #rows: Record<string, unknown>[] = []
  #rowCount: number | null = null
  #resolve: (result: StatementResult) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(known: KnownStatement, values: readonly unknown[]) {
    this.#known = known
    this.#values = values
    this.name = known.name
    this.text = known.text
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Called by the client when it is this one's turn. */
  submit(asked: pg.Connection): void {
    const connection = asked as unknown as Connection
    connection.stream.cork()
    if (connection.parsedStatements[this.name] === undefined) connection.parse(this)
    connection.bind({ statement: this.name, values: this.#values, valueMapper: prepareValue })
    if (this.#known.columns === undefined) connection.describe({ type: 'P', name: '' })
    connection.execute({})
    connection.sync()
    connection.stream.uncork()
  }

  /** Called by the client with each kind of answer of the server. */
  handleRowDescription({ fields }: { readonly fields: readonly Column[] }): void {
    this.#known.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: pg.types.getTypeParser(dataTypeID, 'text'),
    }))
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    let at = 0
    for (const { name, read } of this.#known.columns ?? []) {
      const text = fields[at++] ?? null
      row[name] = text === null ? null : read(text)
    }
    this.#rows.push(row)
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const count = /\d+$/.exec(text)?.[0]
    this.#rowCount = count === undefined ? null : Number(count)
  }

  handleError(error: Error): void {
    // The stack of the answer says nothing of who asked.
    Error.captureStackTrace(error)
    this.#reject(error)
  }

  handleReadyForQuery(): void {
    this.#known.columns ??= []
    this.#resolve({ rows: this.#rows, rowCount: this.#rowCount })
  }
}
