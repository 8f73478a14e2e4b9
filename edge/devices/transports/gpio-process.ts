/*
 * A small program that holds GPIO lines for the edge. It is a process of its own so that a pulse ends, and the
 * outputs go to rest, when the edge dies: the kernel then closes its standard input. Messages are lines of JSON.
 * Arguments: the lines as JSON, the module that drives them (onoff), and where sysfs shows GPIO.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { findGpioNumber, sysfsGpio } from './gpio-chip.ts'
import {
  type GpioKeeper,
  type GpioLines,
  type GpioPulse,
  type GpioSaid,
  keepGpioLines,
  type OnoffGpio,
} from './gpio-lines.ts'
import { keepGpioToolLines } from './gpio-tool-lines.ts'
import { findChip } from './gpio-tools.ts'

const [, , linesJson = '{}', moduleName = 'onoff', sysfs = sysfsGpio] = process.argv

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

/** The lines through onoff where the kernel shows them in sysfs, else through the tools of libgpiod. */
async function keepLines(lines: GpioLines): Promise<GpioKeeper | undefined> {
  const gpio = await loadGpio()
  if (gpio && existsSync(sysfs)) {
    const find = (line: { chip: string; offset: number }) => findGpioNumber(line, sysfs)
    return keepGpioLines({ lines, gpio, find, say })
  }
  const found = await findChip(lines.chip)
  if (!found.ok) {
    const missing = gpio ? 'no_sysfs' : 'no_onoff'
    say({ kind: 'fatal', reason: found.error === 'no_gpio_tools' ? missing : found.error })
    return undefined
  }
  const onBroken = (reason: string) => {
    say({ kind: 'fatal', reason })
    // Pulses that run time themselves; what holds the other lines ends with this process.
    process.exit(1)
  }
  return keepGpioToolLines({ lines, found: found.value, say, onBroken })
}

async function main(): Promise<void> {
  // The edge is gone when nobody reads any more; its signals are not ours.
  process.stdout.on('error', () => undefined)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const keeper = await keepLines(JSON.parse(linesJson) as GpioLines)
  if (!keeper) {
    // Stays, so that it is not started again and again in vain.
    await once(process.stdin.resume(), 'end')
    return
  }
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
