import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { gpioToolsDouble } from '../testing/gpio-tools-double.ts'
import { Heard } from '../testing/hub-harness.ts'
import type { GpioSaid } from './gpio-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-helper-'))
const program = join(folder, 'gpio-process.mjs')
const double = join(folder, 'double.mjs')
const sysfs = join(folder, 'gpio')
const trace = join(folder, 'trace')

/** An onoff-shaped module that writes down what is done to its lines. */
const doubleSource = `
import { appendFileSync } from 'node:fs'
const note = (text) => appendFileSync(${JSON.stringify(trace)}, text + '\\n')
export class Gpio {
  constructor(number, direction, edge, options) { this.number = number; note(['open', number, direction, edge, options.activeLow].join(' ')) }
  readSync() { return 0 }
  writeSync(value) { note(['write', this.number, value].join(' ')) }
  watch() {}
  unexport() { note('unexport ' + this.number) }
}
`

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./gpio-process.ts', import.meta.url))
  await build({
    logLevel: 'silent',
    configFile: false,
    resolve: { conditions: ['gatehouse-source', 'module', 'node'] },
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'gpio-process.mjs' } },
    },
  })
  writeFileSync(double, doubleSource)
  mkdirSync(join(sysfs, 'gpiochip512'), { recursive: true })
  for (const [name, value] of Object.entries({ label: 'board', base: '512', ngpio: '40' })) {
    writeFileSync(join(sysfs, 'gpiochip512', name), value)
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

const lines = {
  chip: 'board',
  outputs: { 1: 17 },
  inputs: { 1: 22 },
  outputsActiveLow: true,
  inputsActiveLow: true,
}

function start(module: string, from: string) {
  writeFileSync(trace, '')
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [
    program,
    JSON.stringify(lines),
    module,
    from,
  ])
  const said = new Heard<GpioSaid>()
  createInterface({ input: child.stdout }).on('line', (line) => said.add(JSON.parse(line) as GpioSaid))
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { child, said, exited }
}

test('a pulse ends and outputs go to rest when the edge dies in the middle of it', async () => {
  const { child, said, exited } = start(double, sysfs)
  await said.next(({ kind }) => kind === 'ready')
  child.stdin.write('{"id":1,"channel":1,"pulseMs":300}\n')
  expect(await said.next(({ kind }) => kind === 'ended')).toEqual({ kind: 'ended', id: 1, outcome: 'done' })
  // The kernel closes the pipes of a killed process, as is done here.
  child.stdin.destroy()
  child.stdout.destroy()
  expect(await exited).toBe(0)
  expect(readFileSync(trace, 'utf8').trim().split('\n')).toEqual([
    'open 529 high none true',
    'open 534 in both true',
    'write 529 1',
    'write 529 0',
    'write 529 0',
    'unexport 534',
  ])
})

test('signals meant for the edge do not stop a pulse', async () => {
  const { child, said, exited } = start(double, sysfs)
  await said.next(({ kind }) => kind === 'ready')
  child.stdin.write('{"id":1,"channel":1,"pulseMs":200}\n')
  await said.next(({ kind }) => kind === 'ended')
  child.kill('SIGINT')
  child.kill('SIGTERM')
  child.stdin.end()
  expect(await exited).toBe(0)
  expect(readFileSync(trace, 'utf8')).toContain('write 529 1\nwrite 529 0\n')
})

test('says what is missing: the library, GPIO in the kernel, the chip', async () => {
  const reasonOf = async (module: string, from: string) => {
    const { said, child, exited } = start(module, from)
    const fatal = await said.next(({ kind }) => kind === 'fatal')
    child.stdin.end()
    await exited
    return fatal.kind === 'fatal' && fatal.reason
  }
  expect(await reasonOf('no-such-module-anywhere', sysfs)).toBe('no_onoff')
  expect(await reasonOf(double, join(folder, 'nowhere'))).toBe('no_sysfs')
  expect(await reasonOf(double, join(folder, 'gpio', 'gpiochip512'))).toBe('no_such_chip')
})

test('without sysfs the tools hold the lines, and a pulse ends also when the keeper itself is killed', async () => {
  const tools = gpioToolsDouble('1.6.3')
  const done = join(tools.folder, 'at-rest')
  tools.script(
    'gpioset',
    `case "$*" in *mode=time*) exec sleep 1;; *mode=exit*) echo yes >'${done}'; exit 0;; esac; exec sleep 60`,
  )
  tools.script('gpioget', 'echo 0')
  const { child, said, exited } = start('no-such-module-anywhere', join(folder, 'nowhere'))
  await said.next(({ kind }) => kind === 'ready')
  child.stdin.write('{"id":1,"channel":1,"pulseMs":1000}\n')
  await said.next(({ kind }) => kind === 'ended')
  child.kill('SIGKILL')
  await exited
  await vi.waitFor(() => expect(existsSync(done)).toBe(true), 5_000)
  tools.remove()
})
