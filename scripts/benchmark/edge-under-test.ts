import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { programFlags } from '../program-flags.ts'
import { repositoryRoot } from '../repository-root.ts'

const startMaxMs = 20_000

/** The real edge program in a process of its own. */
export interface EdgeUnderTest {
  /** From spawn to the first `ready`, milliseconds. */
  readonly startMs: number
  /** Resident memory now, MiB. */
  rssMiB(): number
  stop(): Promise<void>
}

/** Starts `npm run edge` as an operator would, with `env` besides our own, and waits until `/readyz` says ready. */
export async function startEdgeUnderTest(
  configPath: string,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<EdgeUnderTest> {
  const program = join(repositoryRoot, 'edge/dist/main.js')
  const startedMs = performance.now()
  const child = spawn(process.execPath, [...programFlags('edge'), program, '--config', configPath], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - startedMs > startMaxMs) {
      child.kill('SIGKILL')
      throw new SiteError({
        code: 'edge_not_ready',
        op: 'bench.start',
        hint: 'The edge did not start.',
        retryable: false,
      })
    }
    await wait(10)
  }
  const startMs = performance.now() - startedMs
  return { startMs, rssMiB: () => residentMiB(child), stop: () => stop(child) }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok
  } catch {
    return false
  }
}

function residentMiB({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
