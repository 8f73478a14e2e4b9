import { createHash } from 'node:crypto'
import type { Logger } from 'pino'

const linesMax = 20_000

/** Words of a log line that say that code failed where it must not. */
const bugs = ['request failed', 'a command failed', 'a job failed; it is tried again', 'projection failed']

/** What happened in one run: its lines, their hash, and what must never be logged. */
export class Diary {
  #hash = createHash('sha256')
  #lines: string[] = []
  /** Failures of code that are no refusals. */
  bugs: string[] = []
  /** Logs of a life that was killed mean nothing any more. */
  isAlive: (owner: string) => boolean = () => true

  reset(): void {
    this.#hash = createHash('sha256')
    this.#lines = []
    this.bugs = []
  }

  /** Notes one line; the same run always notes the same lines. */
  note(line: string): void {
    this.#hash.update(`${line}\n`)
    if (this.#lines.length < linesMax) this.#lines.push(line)
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** The hash over all lines so far. */
  get hash(): string {
    return this.#hash.copy().digest('hex')
  }

  /** A logger that keeps only what must not happen. */
  logger(owner: string): Logger {
    const heard = (detail: unknown, message?: string) => {
      const text = typeof detail === 'string' ? detail : (message ?? '')
      if (!this.isAlive(owner) || !bugs.some((words) => text.startsWith(words))) return
      this.bugs.push(`${owner}: ${text}: ${describe(detail)}`)
    }
    const quiet = () => {}
    const logger = {
      level: 'error',
      trace: quiet,
      debug: quiet,
      info: quiet,
      warn: heard,
      error: heard,
      fatal: heard,
    }
    return Object.assign(logger, { child: () => logger }) as unknown as Logger
  }
}

function describe(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return String(detail)
  const { err, error, what } = detail as { err?: unknown; error?: unknown; what?: unknown }
  const cause = err ?? error
  return `${what === undefined ? '' : `${String(what)}: `}${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`
}
