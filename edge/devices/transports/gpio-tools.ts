import { execFile } from 'node:child_process'
import { err, ok, type Result } from '@gatehouse/shared/result/result'

/**
 * The command lines of libgpiod's tools (package gpiod). Version 2 names the chip with an option, has other words for the
 * edges and times its pulses itself; version 1 finds neither lines nor chips by label. Both write the same `gpiodetect`.
 */
export type GpioToolsVersion = 1 | 2

/** Why the tools cannot be used: they are not installed, or no chip has this label. */
export type GpioToolsRefusal = 'no_gpio_tools' | 'no_such_chip'

/** Time for a tool that only tells something, milliseconds. */
const answerTimeoutMax = 3_000

/** Where the tools are, of which version, and which chip a label means. */
export interface FoundChip {
  readonly version: GpioToolsVersion
  /** For example `gpiochip0`. */
  readonly chip: string
}

/** Finds the tools and the chip with a label. `tool` gives what a tool printed, or undefined when it cannot be run. */
export async function findChip(
  label: string,
  tool: (name: string, args: readonly string[]) => Promise<string | undefined> = runTool,
): Promise<Result<FoundChip, GpioToolsRefusal>> {
  const version = toolsVersion((await tool('gpiomon', ['--version'])) ?? '')
  const listed = version && (await tool('gpiodetect', []))
  if (!version || listed === undefined) return err('no_gpio_tools')
  const chip = chipWithLabel(listed, label)
  return chip === undefined ? err('no_such_chip') : ok({ version, chip })
}

/** Reads `gpiomon --version`, for example `gpiomon (libgpiod) v2.1.3`. */
export function toolsVersion(text: string): GpioToolsVersion | undefined {
  const major = Number(/libgpiod\) v?([0-9]+)/.exec(text)?.[1])
  return major === 1 || major === 2 ? major : undefined
}

/** The chip with this label in what `gpiodetect` printed: `gpiochip0 [pinctrl-bcm2711] (58 lines)`. */
export function chipWithLabel(listed: string, label: string): string | undefined {
  for (const line of listed.split('\n')) {
    const [, chip, found] = /^(\S+) \[(.*)\] \([0-9]+ lines\)$/.exec(line.trim()) ?? []
    if (found === label) return chip
  }
  return undefined
}

/** `gpiomon` for the falling edges of lines that rest high, one line of text each, as `ports/gpio-edge.ts` reads it. */
export function fallingEdges({ version, chip }: FoundChip, offsets: readonly number[]): string[] {
  const lines = offsets.map(String)
  return version === 2
    ? ['--chip', chip, '--edges', 'falling', '--bias', 'pull-up', '--format', '%o %S', ...lines]
    : ['--falling-edge', '--line-buffered', '--bias=pull-up', '--format=%o %s %n', chip, ...lines]
}

/** What a tool that only tells something printed; undefined when it cannot be run, refuses or takes too long. */
export function runTool(name: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: answerTimeoutMax, encoding: 'utf8' as const }
    execFile(name, [...args], options, (error, stdout) => resolve(error ? undefined : stdout))
  })
}

/** How a line is taken: by its offset, with its sense turned round or not. */
export interface ToolLine {
  readonly offset: number
  readonly activeLow: boolean
}

/** `gpioset` that holds a line at rest until it is ended. */
export function holdAtRest({ version, chip }: FoundChip, { offset, activeLow }: ToolLine): string[] {
  const low = activeLow ? ['--active-low'] : []
  return version === 2
    ? ['--chip', chip, ...low, `${offset}=0`]
    : ['--mode=signal', ...low, chip, `${offset}=0`]
}

/**
 * A command that switches a line on and ends it by itself, at rest. Version 2 turns the line round after the time and then
 * leaves; version 1 leaves the line as it is, which some kernels keep for ever, so a second call puts it to rest. A
 * SIGTERM to its process group ends either early; the shell of version 1 still makes that second call.
 */
export function timedPulse(
  { version, chip }: FoundChip,
  { offset, activeLow }: ToolLine,
  pulseMs: number,
): { readonly command: string; readonly args: string[] } {
  const low = activeLow ? ['--active-low'] : []
  if (version === 2) {
    return {
      command: 'gpioset',
      args: ['--chip', chip, ...low, '--toggle', `${Math.ceil(pulseMs)}ms,0`, `${offset}=1`],
    }
  }
  const whole = Math.floor(pulseMs / 1_000)
  const rest = Math.round((pulseMs - whole * 1_000) * 1_000)
  const script = `trap : TERM
gpioset --mode=time --sec="$1" --usec="$2" $3 "$4" "$5=1"; on=$?
trap '' TERM
gpioset --mode=exit $3 "$4" "$5=0" && exit "$on"`
  const values = [String(whole), String(rest), low.join(' '), chip, String(offset)]
  return { command: '/bin/sh', args: ['-c', script, 'sh', ...values] }
}

const pullUp = { 1: ['--bias=pull-up'], 2: ['--bias', 'pull-up'] } as const

/** `gpioget` for the present values of lines that are all taken alike: `1 0 0` in their order. */
export function presentValues(
  { version, chip }: FoundChip,
  offsets: readonly number[],
  activeLow: boolean,
): string[] {
  const taken = activeLow ? ['--active-low', ...pullUp[version]] : []
  const lines = offsets.map(String)
  return version === 2 ? ['--chip', chip, '--numeric', ...taken, ...lines] : [...taken, chip, ...lines]
}

/** `gpiomon` for every change of lines that are all taken alike: `17 1` when line 17 became active, else `17` and 0 or 2. */
export function allChanges(
  { version, chip }: FoundChip,
  offsets: readonly number[],
  activeLow: boolean,
): string[] {
  const taken = activeLow ? ['--active-low', ...pullUp[version]] : []
  const lines = offsets.map(String)
  return version === 2
    ? ['--chip', chip, ...taken, '--format', '%o %e', ...lines]
    : ['--line-buffered', ...taken, '--format=%o %e', chip, ...lines]
}
