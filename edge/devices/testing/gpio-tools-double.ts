import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The tools of libgpiod as scripts that write down how they were called and do what a test says. */
export interface GpioToolsDouble {
  readonly folder: string
  /** How each tool was called, in order: its name and arguments. */
  calls(): string[]
  /** What `tool` does when it is called, as a shell script. */
  script(tool: 'gpiomon' | 'gpioset' | 'gpioget', body: string): void
  /** Lets scripts go on that wait with `untilGo`. */
  go(): void
  remove(): void
}

/** Part of a script: waits until the test says `go`, however slow the machine is. */
export const untilGo = 'while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.02; done'

const usual = process.env.PATH ?? ''

/** Puts doubles of one version in front of the search path, with one chip `gpiochip3` labelled `board`. */
export function gpioToolsDouble(version: string): GpioToolsDouble {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gpiod-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const trace = join(folder, 'trace')
  writeFileSync(trace, '')
  const write = (tool: string, body: string) => {
    const asked = `[ "$1" = --version ] && { echo "${tool} (libgpiod) v${version}"; exit 0; }`
    writeFileSync(join(bin, tool), `#!/bin/sh\n${asked}\necho "${tool} $*" >>'${trace}'\n${body}\n`)
    chmodSync(join(bin, tool), 0o755)
  }
  write('gpiodetect', "echo 'gpiochip0 [other] (8 lines)'; echo 'gpiochip3 [board] (58 lines)'")
  for (const tool of ['gpiomon', 'gpioset', 'gpioget']) write(tool, 'exec sleep 60')
  process.env.PATH = `${bin}:${usual}`
  return {
    folder,
    calls: () => readFileSync(trace, 'utf8').trim().split('\n'),
    script: write,
    go: () => writeFileSync(join(bin, 'go'), ''),
    remove: () => {
      process.env.PATH = usual
      rmSync(folder, { recursive: true })
    },
  }
}
