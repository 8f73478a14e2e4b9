/*
 * A small program that holds GPIO lines for the edge. It is a process of its own so that a pulse ends, and the
 * outputs go to rest, when the edge dies: the kernel then closes its standard input. Messages are lines of JSON.
 * Arguments: the lines as JSON, and the module that drives them (onoff).
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { findGpioNumber } from './gpio-chip.ts'
import { type GpioPulse, type GpioSaid, keepGpioLines, type OnoffGpio } from './gpio-lines.ts'

const [, , linesJson = '{}', moduleName = 'onoff', sysfs] = process.argv

function say(said: GpioSaid): void {
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

async function loadGpio(): Promise<OnoffGpio | undefined> {
  try {
    const module = (await import(moduleName)) as { Gpio?: OnoffGpio; default?: { Gpio?: OnoffGpio } }
    return module.Gpio ?? module.default?.Gpio
  } catch {
    return undefined
  }
}

async function main(): Promise<void> {
  // The edge is gone when nobody reads any more; its signals are not ours.
  process.stdout.on('error', () => undefined)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const gpio = await loadGpio()
  if (!gpio) {
    say({ kind: 'fatal', reason: 'no_onoff' })
    // Stays, so that it is not started again and again in vain.
    await once(process.stdin.resume(), 'end')
    return
  }
  const find = (line: { chip: string; offset: number }) => findGpioNumber(line, sysfs)
  const keeper = keepGpioLines({ lines: JSON.parse(linesJson), gpio, find, say })
  for await (const line of createInterface({ input: process.stdin }))
    keeper.pulse(JSON.parse(line) as GpioPulse)
  await keeper.end()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    say({ kind: 'fatal', reason: error instanceof Error ? error.message.slice(0, 60) : 'failed' })
    process.exit(1)
  },
)
