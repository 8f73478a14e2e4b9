import { type Logger, pino } from 'pino'

type Line = Readonly<Record<string, unknown>>

/** A logger that keeps its lines, so that a test can count them. */
export interface LogBook {
  readonly logger: Logger
  /** The lines kept with this message. */
  lines(message: string): readonly Line[]
  clear(): void
}

/** Keeps warnings and worse. */
export function logBook(): LogBook {
  const kept: Line[] = []
  const write = (text: string) => void kept.push(JSON.parse(text) as Line)
  return {
    logger: pino({ level: 'warn' }, { write }),
    lines: (message) => kept.filter(({ msg }) => msg === message),
    clear: () => void kept.splice(0),
  }
}
