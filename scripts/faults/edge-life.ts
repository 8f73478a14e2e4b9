import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { FailpointName } from '@gatehouse/edge/ledger/failpoints'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { repositoryRoot } from '../repository-root.ts'

/** What an edge tells once it serves: the newest entry, which is its own start. */
export interface EdgeReady {
  readonly headSeq: number
}

/** Where a life ends: at the n-th hit of a failpoint, or so many milliseconds after it was ready. */
export type Fate =
  | { readonly kind: 'failpoint'; readonly name: FailpointName; readonly nth: number }
  | { readonly kind: 'moment'; readonly afterMs: number }

/** Makes this process keep its promises less well than the product does, so that a test can show that it notices. */
export interface EdgeWeakness {
  readonly GATEHOUSE_FAULT_SYNCHRONOUS: 'NORMAL'
}

const startMaxMs = 20_000

/** One process of the edge, from its start to its death. */
export class EdgeLife {
  readonly #child: ChildProcess
  /** The signal or exit code it ended with. */
  readonly ended: Promise<string>
  #alive = true

  constructor(configPath: string, logPath: string, fate: Fate | undefined, weakness?: EdgeWeakness) {
    const program = join(repositoryRoot, 'scripts/dist/faults/main.js')
    const log = openSync(logPath, 'a')
    const environment: NodeJS.ProcessEnv = { ...process.env, ...weakness }
    if (fate?.kind === 'failpoint') environment.GATEHOUSE_FAULT = `${fate.name}:${fate.nth}`
    this.#child = fork(program, [configPath], {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: [],
      env: environment,
    })
    // The child has its own; a disk that this file is on can be unmounted once the child has ended.
    closeSync(log)
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#alive = false
        resolve(signal ?? `exit ${code}`)
      })
    })
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Waits until it serves; `undefined` when it died before. */
  async ready(): Promise<EdgeReady | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      const hint = 'The edge was not ready in time; its log is beside its data.'
      const error = new SiteError({ code: 'edge_not_ready', op: 'faults.ready', hint, retryable: false })
      timer = setTimeout(() => reject(error), startMaxMs)
    })
    const said = new Promise<EdgeReady>((resolve) => {
      this.#child.once('message', (message) => resolve(message as EdgeReady))
    })
    try {
      return await Promise.race([said, this.ended.then(() => undefined), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Its process, to stop it and let it go on. */
  get pid(): number {
    return this.#child.pid ?? Number.NaN
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Ends it as an operator would, and waits. */
  async stop(): Promise<void> {
    if (this.#alive) this.#child.kill('SIGTERM')
    await this.ended
  }
}
