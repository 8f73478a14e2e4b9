import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { repositoryRoot } from '../repository-root.ts'
import { freePort } from '../story/free-port.ts'

let folder: string
let child: ChildProcess | undefined
let port: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-watched-'))
  port = await freePort()
  const notify = join(folder, 'systemd-notify')
  writeFileSync(notify, `#!/bin/sh\necho "$*" >> '${join(folder, 'told')}'\n`)
  chmodSync(notify, 0o755)
})

afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

/** Answers 503 until the file `well` is there; writes its process id and how it was ended. */
const program = `
const { createServer } = require('node:http')
const { existsSync, writeFileSync, appendFileSync } = require('node:fs')
const [port, folder] = process.argv.slice(1)
writeFileSync(folder + '/pid', String(process.pid))
process.on('SIGTERM', () => { writeFileSync(folder + '/ended', 'SIGTERM'); process.exit(7) })
createServer((request, answer) => {
  const well = existsSync(folder + '/well')
  appendFileSync(folder + '/asked', well ? 'y' : 'n')
  answer.statusCode = request.url === '/healthz' && well ? 200 : 503
  answer.end()
}).listen(Number(port), '127.0.0.1')`

function watch(environment: NodeJS.ProcessEnv): ChildProcess {
  const command = [process.execPath, '-e', program, String(port), folder]
  child = spawn(join(repositoryRoot, 'scripts/deploy/run-watched'), command, {
    stdio: 'ignore',
    env: { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, ...environment },
  })
  return child
}

const text = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
const lines = () => text('told').split('\n').filter(Boolean)
const url = () => ({ GATEHOUSE_URL: `http://127.0.0.1:${port}` })
const within = { timeout: 15_000, interval: 50 }

describe('run-watched', () => {
  test('says that the program is ready when it answers, then that it is alive as long as it does', async () => {
    const running = watch({ ...url(), NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '2000000' })
    await vi.waitFor(() => expect(text('asked')).toContain('n'), within)
    expect(lines()).toEqual([])
    writeFileSync(join(folder, 'well'), '')
    await vi.waitFor(() => expect(lines()).toContain('WATCHDOG=1'), within)
    expect(lines()[0]).toContain('--ready')
    rmSync(join(folder, 'well'))
    const asked = text('asked').length
    await vi.waitFor(() => expect(text('asked').slice(asked)).toContain('nn'), within)
    const before = lines().length
    await vi.waitFor(() => expect(text('asked').slice(asked)).toContain('nnn'), within)
    expect(lines().length).toBe(before)
    expect(text('pid')).toBe(String(running.pid))
  })

  test('is the program itself: signals reach it, its exit code is the unit’s', async () => {
    const running = watch({ ...url(), NOTIFY_SOCKET: '/nowhere' })
    await vi.waitFor(() => expect(text('pid')).not.toBe(''), within)
    await vi.waitFor(() => expect(text('asked')).not.toBe(''), within)
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGTERM')
    expect([await ended, text('ended')]).toEqual([7, 'SIGTERM'])
  })

  test('only runs the command outside of systemd, and refuses to run without an address', async () => {
    watch(url())
    await vi.waitFor(() => expect(text('pid')).not.toBe(''), within)
    expect(lines()).toEqual([])
    child?.kill('SIGKILL')
    rmSync(join(folder, 'pid'))
    const wrong = watch({})
    expect(await new Promise((resolve) => wrong.once('exit', resolve))).not.toBe(0)
    expect(text('pid')).toBe('')
  })
})
