import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { repositoryRoot } from '../repository-root.ts'
import { type Outcome, outcomeOf, together } from './outcome.ts'

const memoryFiles = '/dev/shm'
const memoryMinBytes = 8 * 2 ** 30

/**
 * The parent of everything that the checks write: a file system in memory where there is one with room, since their
 * databases commit many thousand times and a disk would take its time for each. TMPDIR goes before.
 */
function scratchPlace(): string {
  if (process.env.TMPDIR !== undefined || !existsSync('/proc/mounts')) return tmpdir()
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  const mounted = mounts.findLast((line) => line.split(' ')[1] === memoryFiles)?.split(' ') ?? []
  // Tests start programs that they wrote.
  if (mounted[2] !== 'tmpfs' || /\b(ro|noexec)\b/.test(mounted[3] ?? '')) return tmpdir()
  const { bavail, bsize } = statfsSync(memoryFiles)
  const freeBytes = Math.min(bavail * bsize, process.availableMemory())
  return freeBytes >= memoryMinBytes ? memoryFiles : tmpdir()
}

interface Check {
  readonly name: string
  readonly hint: string
  /** Path of the JavaScript program, from the root of the checkout. */
  readonly program: string
  readonly args: readonly string[]
  /** File that the program writes its counts to, in the scratch folder. */
  readonly countsFile?: string
}

// The name is short, since the paths of sockets may not be long.
const scratch = mkdtempSync(join(scratchPlace(), 'gh-'))
// PostgreSQL runs under another account, which has to pass this folder.
chmodSync(scratch, 0o755)

const checks: readonly Check[] = [
  {
    name: 'Format and lint',
    hint: 'npm run format repairs most of it.',
    program: 'node_modules/@biomejs/biome/bin/biome',
    args: ['check', '--diagnostic-level=error', '.'],
  },
  {
    name: 'House rules',
    hint: 'each line names the file, the rule and what to write instead.',
    program: 'scripts/dist/tidy/main.js',
    args: [],
  },
  {
    name: 'Unused code',
    hint: 'remove what knip lists, or use it.',
    program: 'node_modules/knip/bin/knip.js',
    args: ['--no-progress'],
  },
  {
    name: 'Tests',
    hint: 'npx vitest run <file> repeats one file.',
    program: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${join(scratch, 'vitest.json')}`],
    countsFile: 'vitest.json',
  },
  {
    name: 'Simulation',
    hint: './scripts/simulate --seed N lives through one story again; the shrunk one is above.',
    program: 'scripts/dist/simulation/main.js',
    // Each story counts. A machine that is slow tells fewer of them, never none.
    args: ['--seeds=100', '--dwell', '--minutes=3', `--counts=${join(scratch, 'simulation.json')}`],
    countsFile: 'simulation.json',
  },
  {
    name: 'Screens',
    hint: 'a screen does not build; the lines above name the file.',
    program: 'scripts/dist/setup/screens.js',
    args: [],
  },
  {
    name: 'Browser',
    hint: 'set CHROME_PATH to a Chrome, Chromium or Edge, or look at the lines above.',
    program: 'scripts/dist/browser/main.js',
    args: [`--counts=${join(scratch, 'browser.json')}`],
    countsFile: 'browser.json',
  },
]

/** A program that still ends may write while its folder goes; what is left then is not worth a failure. */
function removeScratch(): void {
  try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  } catch {}
}

let running: ReturnType<typeof spawn> | undefined

function run(check: Check): Promise<number> {
  const child = spawn(process.execPath, [join(repositoryRoot, check.program), ...check.args], {
    cwd: repositoryRoot,
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  running = child
  return new Promise((resolve) => {
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function countsOf({ countsFile }: Check): string | undefined {
  if (countsFile === undefined) return undefined
  const path = join(scratch, countsFile)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2)
  const names = checks.map(({ name }) => name)
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    process.stderr.write(`There is no check "${unknown}"; there are ${names.join(', ')}.\n`)
    process.stdout.write('\n0 passed, 1 failed\n')
    process.exitCode = 2
    return
  }
  // The set-up before this program compiled everything: that check has passed.
  let total: Outcome = { passed: 1, failed: 0, skipped: 0, failures: [] }
  for (const check of checks) {
    if (wanted.length > 0 && !wanted.includes(check.name)) continue
    process.stdout.write(`\n── ${check.name}\n`)
    const began = performance.now()
    const code = await run(check)
    const outcome = outcomeOf(check.name, code, countsOf(check))
    total = together(total, outcome)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`── ${check.name}: ${outcome.failed === 0 ? 'ok' : 'FAILED'} after ${seconds} s\n`)
    if (outcome.failed > 0) process.stdout.write(`   What to do: ${check.hint}\n`)
  }
  const skipsFail = process.env.CI !== undefined && total.skipped > 0
  if (total.skipped > 0) {
    process.stdout.write(`\n${total.skipped} skipped${skipsFail ? ', which counts as failed here' : ''}\n`)
  }
  const failed = total.failed + (skipsFail ? total.skipped : 0)
  if (total.failures.length > 0) process.stdout.write(`\nFailed:\n  ${total.failures.join('\n  ')}\n`)
  process.stdout.write(`\n${total.passed} passed, ${failed} failed\n`)
  process.exitCode = failed === 0 ? 0 : 1
}

const stopMaxMs = 5_000

/** Ends the check that runs, then this program, which thereby has failed. */
function interrupt(): void {
  const end = () => {
    running?.kill('SIGKILL')
    removeScratch()
    process.stdout.write('\n0 passed, 1 failed (interrupted)\n')
    process.exit(130)
  }
  running?.once('close', end)
  running?.kill('SIGTERM')
  setTimeout(end, running?.exitCode === null ? stopMaxMs : 0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
await main()
removeScratch()
