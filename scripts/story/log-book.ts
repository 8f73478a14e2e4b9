import { type Logger, pino } from 'pino'

type Line = Readonly<Record<string, unknown>>

/** A logger that keeps its lines, so that a test can count them. */
export interface LogBook {
  readonly logger: Logger
  /** Every line kept. */
  all(): readonly Line[]
  /** The lines kept with this message. */
  lines(message: string): readonly Line[]
  clear(): void
}

/** Keeps warnings and worse, or from another level on. */
export function logBook(level: 'warn' | 'info' = 'warn'): LogBook {
  const kept: Line[] = []
  const write = (text: string) => void kept.push(JSON.parse(text) as Line)
  return {
    logger: pino({ level }, { write }),
    all: () => kept.slice(),
    lines: (message) => kept.filter(({ msg }) => msg === message),
    clear: () => void kept.splice(0),
  }
}
