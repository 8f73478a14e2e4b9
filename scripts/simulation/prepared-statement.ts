import { createRequire } from 'node:module'
import pg from 'pg'

const load = createRequire(createRequire(import.meta.url).resolve('pg'))
const { prepareValue } = load('./utils.js') as { prepareValue(value: unknown): unknown }
/** Writes messages of the protocol; `pg` sends what it makes one by one. */
const { serialize } = load('pg-protocol') as {
  readonly serialize: {
    parse(asked: { readonly name: string; readonly text: string }): Buffer
    bind(asked: {
      readonly statement: string
      readonly values: readonly unknown[]
      readonly valueMapper: (value: unknown) => unknown
    }): Buffer
    describe(asked: { readonly type: 'P'; readonly name: string }): Buffer
    execute(asked: Readonly<Record<string, never>>): Buffer
    close(asked: { readonly type: 'S'; readonly name: string }): Buffer
    sync(): Buffer
  }
}

/** The part of a connection of `pg` that a statement speaks to. */
interface Connection {
  readonly stream: { write(message: Buffer): void }
  readonly parsedStatements: Record<string, string>
}

const describeMessage = serialize.describe({ type: 'P', name: '' })
const executeMessage = serialize.execute({})
const syncMessage = serialize.sync()

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
  readonly #before: KnownStatement | undefined
  #parsed: Record<string, string> = {}
  readonly #rows: Record<string, unknown>[] = []
  #rowCount: number | null = null
  #resolve: (result: StatementResult) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  /** `before` is a statement without rows that is sent in the same breath and done first. */
  constructor(known: KnownStatement, values: readonly unknown[], before?: KnownStatement) {
    this.#known = known
    this.#values = values
    this.#before = before
    this.name = known.name
    this.text = known.text
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Called by the client when it is this one's turn. */
  submit(asked: pg.Connection): void {
    const { stream, parsedStatements } = asked as unknown as Connection
    this.#parsed = parsedStatements
    const messages = this.#before ? messagesOf(this.#before, [], parsedStatements) : []
    messages.push(...messagesOf(this.#known, this.#values, parsedStatements), syncMessage)
    stream.write(Buffer.concat(messages))
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
    delete this.#parsed[this.name]
    // The stack of the answer says nothing of who asked.
    Error.captureStackTrace(error)
    this.#reject(error)
  }

  handleReadyForQuery(): void {
    this.#known.columns ??= []
    this.#resolve({ rows: this.#rows, rowCount: this.#rowCount })
  }
}

/** What runs a statement; a connection that does not know it yet is told it first. */
function messagesOf(
  { name, text, columns }: KnownStatement,
  values: readonly unknown[],
  parsed: Record<string, string>,
): Buffer[] {
  const bind = serialize.bind({ statement: name, values, valueMapper: prepareValue })
  const run = columns === undefined ? [bind, describeMessage, executeMessage] : [bind, executeMessage]
  if (parsed[name] !== undefined) return run
  parsed[name] = text
  // A run that failed may have left it there.
  return [serialize.close({ type: 'S', name }), serialize.parse({ name, text }), ...run]
}
