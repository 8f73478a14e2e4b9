import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import type { Clock, Moment } from '@gatehouse/shared/clock/clock'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { type FromChild, toChildSchema } from './child-messages.ts'
import { GatewaySwitch } from './gateway-switch.ts'
import { TestClock } from './test-clock.ts'

/** A program of the product as the demo runs it. */
export interface RunningProgram {
  /** Enrolment codes by site, told to the supervisor with `ready`. */
  readonly codes?: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** What a program of the demo is started with. */
export interface ProgramOptions {
  readonly clock: Clock
  readonly gateway: GatewaySwitch
  readonly config: string
}

const stopMaxMs = 10_000
const bootId = `demo-${process.pid}-${Date.now().toString(36)}`

/** The machine's own clock. */
export const machineClock: Clock = {
  now(): Moment {
    return { wallMs: Date.now(), bootId, monotonicMs: performance.now(), quality: 'trusted' }
  },
}

function send(message: FromChild): void {
  process.send?.(message)
}

/** What went wrong, in words for the person at the terminal. */
export function describeFailure(error: unknown): string {
  if (isSiteError(error)) return `${error.op}: ${error.hint}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/**
 * Runs a program under the supervisor: gives it a test clock, tells when it is ready, and ends it when asked, or when
 * the supervisor is gone. Ctrl-C in a terminal, and closing it, reach every process; the supervisor alone acts on them.
 */
export async function runUnderSupervisor(
  start: (options: ProgramOptions) => Promise<RunningProgram>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      'clock-offset': { type: 'string', default: '0' },
      'gateway-down': { type: 'boolean', default: false },
    },
  })
  const clock = new TestClock(machineClock)
  clock.setOffset(Number(values['clock-offset']))
  const gateway = new GatewaySwitch(!values['gateway-down'])
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  let running: RunningProgram | undefined
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    // Nothing of a demo outlives it, whatever a stop may wait for.
    setTimeout(() => process.exit(1), stopMaxMs)
    await running?.stop().catch((error: unknown) => process.stderr.write(`${describeFailure(error)}\n`))
    process.exit(0)
  }
  process.on('disconnect', () => void stop())
  process.on('SIGTERM', () => void stop())
  process.on('message', (message) => {
    const parsed = toChildSchema.safeParse(message)
    if (!parsed.success) return
    if (parsed.data.kind === 'setClock') clock.setOffset(parsed.data.offsetMs)
    else if (parsed.data.kind === 'setGateway') gateway.set(parsed.data.up)
    else void stop()
  })
  try {
    running = await start({ clock, gateway, config: values.config ?? '' })
    if (stopping) await running.stop()
    send({ kind: 'ready', ...(running.codes === undefined ? {} : { codes: { ...running.codes } }) })
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`)
    send({ kind: 'failed', message: describeFailure(error) })
    process.exitCode = 1
    process.disconnect?.()
  }
}
