import { type ChildProcess, fork } from 'node:child_process'
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { fromChildSchema, type ToChild } from './child-messages.ts'

/**
 * One program of the demo in its own process.
 *
 *   stopped ──start──▶ starting ──ready──▶ running ──stop/kill/crash──▶ stopped
 */
export type RunState = 'running' | 'starting' | 'stopped'

export interface ChildProgramOptions {
  readonly name: string
  /** Absolute path of the compiled program. */
  readonly program: string
  /** Flags of Node.js, as an operator would start the program. */
  readonly flags: readonly string[]
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** The program's own log lines go here. */
  readonly logFile: string
  readonly readyMaxMs: number
  /** Called when the process ended although nobody asked for it. */
  readonly onCrash: (how: string) => void
  readonly onChange: () => void
}

const stopMaxMs = 15_000

/** Starts, stops and kills one program; a dead one can be started again. */
export class ChildProgram {
  readonly name: string
  readonly #options: ChildProgramOptions
  #child: ChildProcess | undefined
  #state: RunState = 'stopped'
  #wanted = false
  #offsetMs = 0
  #gatewayUp = true
  #log: WriteStream | undefined
  #codes: Readonly<Record<string, string>> = {}

  constructor(options: ChildProgramOptions) {
    this.name = options.name
    this.#options = options
  }

  get state(): RunState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** How far the program's test clock runs ahead of the machine's, milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  /** Enrolment codes by site, as the program told them when it was ready. */
  get codes(): Readonly<Record<string, string>> {
    return this.#codes
  }

  setClock(offsetMs: number): void {
    this.#offsetMs = offsetMs
    this.#send({ kind: 'setClock', offsetMs })
  }

  /** Takes the line to the card gateway down or up, for the process that runs and those that follow it. */
  setGateway(up: boolean): void {
    this.#gatewayUp = up
    this.#send({ kind: 'setGateway', up })
  }

  /** Starts the program and waits until it says that it is ready; refuses with its own words when it does not. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return
    const { program, flags, args, logFile } = this.#options
    mkdirSync(dirname(logFile), { recursive: true })
    this.#log ??= createWriteStream(logFile, { flags: 'a' })
    this.#wanted = true
    const child = fork(program, [...args, ...this.#switches()], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [...flags],
      env: { ...process.env, ...this.#options.environment },
    })
    this.#child = child
    this.#change('starting')
    child.stdout?.pipe(this.#log, { end: false })
    child.stderr?.pipe(this.#log, { end: false })
    child.once('exit', (code, signal) => this.#ended(child, code, signal))
    await this.#untilReady(child)
    this.#change('running')
  }

  /** Asks the program to stop, and kills it when it takes longer than 15 s. */
  async stop(): Promise<void> {
    this.#wanted = false
    const child = this.#child
    if (child === undefined) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    this.#send({ kind: 'stop' })
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMaxMs)
    await ended
    clearTimeout(timer)
  }

  /** SIGKILL: the program gets no chance to tidy up. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#wanted = false
    const child = this.#child
    if (child === undefined) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGKILL')
    await ended
  }

  #switches(): readonly string[] {
    return [`--clock-offset=${this.#offsetMs}`, ...(this.#gatewayUp ? [] : ['--gateway-down'])]
  }

  #send(message: ToChild): void {
    // A program that is just ending closes its channel first; nobody needs the message then.
    if (this.#child?.connected) this.#child.send(message, () => undefined)
  }

  #change(state: RunState): void {
    this.#state = state
    this.#options.onChange()
  }

  #ended(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#child !== child) return
    // Of a program that ends while it starts, `start` tells.
    const isCrash = this.#wanted && this.#state === 'running'
    this.#child = undefined
    this.#change('stopped')
    if (isCrash) this.#options.onCrash(signal ?? `exit code ${code}`)
  }

  #untilReady(child: ChildProcess): Promise<void> {
    const { name, logFile, readyMaxMs } = this.#options
    return new Promise((resolve, reject) => {
      let settled = false
      const settle = (problem?: string) => {
        if (settled) return
        settled = true
        clearTimeout(timer)
        if (problem === undefined) return resolve()
        this.#wanted = false
        child.kill('SIGKILL')
        const hint = `${problem} Its log is ${logFile}.`
        reject(new SiteError({ code: 'program_failed', op: `demo.start ${name}`, hint, retryable: true }))
      }
      const timer = setTimeout(
        () => settle(`${name} was not ready after ${readyMaxMs / 1000} s.`),
        readyMaxMs,
      )
      child.on('message', (message) => {
        const parsed = fromChildSchema.safeParse(message)
        if (!parsed.success) return
        if (parsed.data.kind === 'failed') return settle(parsed.data.message)
        this.#codes = parsed.data.codes ?? {}
        settle()
      })
      child.once('exit', (code, signal) => settle(`${name} ended with ${signal ?? code}.`))
    })
  }
}
