import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@gatehouse/cloud/database/embedded'
import { migrate } from '@gatehouse/cloud/database/migrate'
import { openPool } from '@gatehouse/cloud/database/pool'
import { repositoryRoot } from '../repository-root.ts'
import type { Plan, RunResult } from './run-seed.ts'
import type { WorkerAnswer, WorkerRequest } from './worker-process.ts'

const template = 'simulation_template'
/** Memory that looks like a disk, where there is one: what is simulated is not its speed. */
const memoryFolder = '/dev/shm'

/** MiB, from the beginning: what a step leaves behind is collected seldom. */
const youngMemory = ['--min-semi-space-size=64', '--max-semi-space-size=64']

const programs = join(repositoryRoot, 'scripts/dist/simulation')

/** Real time that a plan may take before it counts as hung; on a busy machine one takes seconds. */
export const planMaxMs = 120_000
/** A worker that only waits says at once where it stands; one that turns in circles never does. */
const whereMaxMs = 2_000

/** A process that runs plans, one after the other. */
export class Worker {
  readonly #child: ChildProcess
  #answer: ((answer: WorkerAnswer | 'ready') => void) | undefined

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (answer: WorkerAnswer) => this.#answer?.(answer))
    child.on('exit', (code) => this.#answer?.({ failed: `the worker ended with ${code}` }))
  }

  static async start(databaseUrl: string, folder: string, planted: string | undefined): Promise<Worker> {
    const child = fork(join(programs, 'worker-process.js'), [databaseUrl, folder], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Whoever starts it may run sources; a worker runs what was compiled.
      execArgv: [
        ...youngMemory,
        ...(planted === undefined
          ? []
          : ['--import', pathToFileURL(join(programs, 'plant-process.js')).href]),
      ],
      env: { ...process.env, ...(planted !== undefined && { SIMULATION_PLANTED: planted }) },
    })
    const worker = new Worker(child)
    const ready = await worker.#next()
    if (ready !== 'ready')
      throw new RangeError('failed' in ready ? ready.failed : 'the worker does not start')
    return worker
  }

  /** Runs a plan; fails with what it did last when it has not ended after `maxMs`. Such a worker is of no use any more. */
  async run(plan: Plan, maxMs = planMaxMs): Promise<RunResult> {
    const answer = this.#next()
    this.#child.send(plan satisfies WorkerRequest)
    const hung = `seed ${plan.seed} has not ended after ${maxMs / 1000} s`
    const timers = [
      setTimeout(() => this.#child.send({ hung } satisfies WorkerRequest), maxMs),
      setTimeout(() => this.#answer?.({ failed: `${hung} and turns in circles` }), maxMs + whereMaxMs),
    ]
    const result = await answer
    for (const timer of timers) clearTimeout(timer)
    if (result === 'ready' || 'failed' in result) {
      throw new RangeError(result === 'ready' ? 'the worker began again' : result.failed)
    }
    return result
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }

  #next(): Promise<WorkerAnswer | 'ready'> {
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }
}

/** A database server of its own and workers over databases of their own. */
export class Crew {
  readonly #server: EmbeddedPostgres
  readonly #folder: string
  readonly #workers: Worker[] = []

  private constructor(server: EmbeddedPostgres, folder: string) {
    this.#server = server
    this.#folder = folder
  }

  /** Starts the server and makes a migrated template. */
  static async gather(): Promise<Crew> {
    const folder = mkdtempSync(
      join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), 'gatehouse-simulation-'),
    )
    // Only the data folder inside is private; the server's account must be able to pass this one.
    await chmod(folder, 0o755)
    let crew: Crew | undefined
    try {
      const server = await startEmbeddedPostgres({ dataFolder: join(folder, 'postgres'), durable: false })
      crew = new Crew(server, folder)
      await crew.#onServer(`CREATE DATABASE ${template}`)
      const pool = openPool(crew.#urlOf(template), 1)
      await migrate(pool)
      await pool.end()
      return crew
    } catch (error) {
      await crew?.dismiss()
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Starts a further worker; `planted` names a mutation of the code that it loads. */
  async hire(planted?: string): Promise<Worker> {
    const name = `simulation_${this.#workers.length + 1}`
    await this.#onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    const worker = await Worker.start(this.#urlOf(name), join(this.#folder, name), planted)
    this.#workers.push(worker)
    return worker
  }

  /** Ends workers and server and removes what they wrote. */
  async dismiss(): Promise<void> {
    for (const worker of this.#workers) await worker.stop()
    await this.#server.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #onServer(statement: string): Promise<void> {
    const pool = openPool(this.#server.url, 1)
    await pool.query(statement)
    await pool.end()
  }

  #urlOf(database: string): string {
    return this.#server.url.replace('/postgres?', `/${database}?`)
  }
}
