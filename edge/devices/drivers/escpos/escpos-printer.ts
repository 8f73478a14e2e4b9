import type { Clock } from '@gatehouse/shared/clock/clock'
import type { PrinterRules } from '@gatehouse/shared/profiles/printer-rules'
import { assertNever } from '@gatehouse/shared/result/result'
import { GarbageMeter } from '../../garbage-meter.ts'
import type { DeviceLogger } from '../../ports/device-logger.ts'
import type { DriveOutcome } from '../../ports/drive-outcome.ts'
import type { ByteLink, ByteLinkHandlers } from '../../transports/byte-link.ts'
import type { Attachment, DeviceReport, DeviceSetting } from '../attachment.ts'
import { layOut } from './layout.ts'
import { type PrinterAction, PrinterMachine } from './printer-machine.ts'

const tickMs = 200
const defaultPollMs = 2_000
const defaultReplyTimeoutMs = 1_000

export interface PrinterLineOptions {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}

/** A line with one printer on it, opened as soon as the printer is attached. */
export class EscposLine {
  readonly #options: PrinterLineOptions
  readonly #garbage: GarbageMeter
  readonly #link: ByteLink
  readonly #settle = new Map<number, (outcome: DriveOutcome) => void>()
  #machine: PrinterMachine | undefined
  #report: DeviceReport | undefined
  #ticking: NodeJS.Timeout | undefined
  #isUp = false
  #jobs = 0

  constructor(options: PrinterLineOptions) {
    this.#options = options
    this.#garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
    this.#link = options.openLink({
      onUp: () => {
        this.#isUp = true
        this.#run((machine, nowMs) => machine.up(nowMs))
      },
      onBytes: (bytes) => this.#run((machine, nowMs) => machine.receive(bytes, nowMs)),
      onDown: (reason) => {
        this.#isUp = false
        this.#run((machine) => machine.down(reason))
      },
    })
  }

  open(): void {
    this.#link.open()
    this.#ticking = setInterval(() => this.#run((machine, nowMs) => machine.tick(nowMs)), tickMs)
    this.#ticking.unref()
  }

  /** Serves the line's printer; a second one on the line stays offline with `bus_conflict`. */
  attach({ profile }: DeviceSetting, rules: PrinterRules, report: DeviceReport): Attachment {
    if (this.#report) {
      report.presence({ online: false, detail: 'bus_conflict' })
      return { detach: () => undefined }
    }
    const { pollMs = defaultPollMs, replyTimeoutMs = defaultReplyTimeoutMs } = profile.timing
    this.#report = report
    this.#machine = new PrinterMachine({ pollMs, replyTimeoutMs })
    if (this.#isUp) this.#run((machine, nowMs) => machine.up(nowMs))
    return {
      printer: { print: (paper) => this.#print(layOut(rules, paper)) },
      detach: () => {
        this.#run((machine) => machine.down('detached'))
        this.#machine = undefined
        this.#report = undefined
      },
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking)
    this.#run((machine) => machine.down('closed'))
    await this.#link.close()
  }

  #print(bytes: Uint8Array): Promise<DriveOutcome> {
    this.#jobs += 1
    const job = this.#jobs
    return new Promise((resolve) => {
      this.#settle.set(job, resolve)
      this.#run((machine, nowMs) => machine.print(job, bytes, nowMs))
    })
  }

  #run(step: (machine: PrinterMachine, nowMs: number) => void): void {
    const machine = this.#machine
    if (!machine) return
    step(machine, this.#options.clock.now().monotonicMs)
    for (const action of machine.drain()) this.#act(action)
  }

  #act(action: PrinterAction): void {
    switch (action.kind) {
      case 'write':
        if (!this.#link.write(action.bytes)) this.#link.reset('write_refused')
        return
      case 'reset':
        this.#link.reset('silent')
        return
      case 'garbage':
        this.#garbage.count(action.amount, 'bytes_not_a_status')
        return
      case 'presence': {
        const { online, detail } = action
        this.#report?.presence({ online, ...(detail === undefined ? {} : { detail }) })
        return
      }
      case 'trouble':
        this.#report?.event({ kind: 'printer', trouble: action.trouble, active: action.active })
        return
      case 'settled':
        this.#settle.get(action.job)?.(action.outcome)
        this.#settle.delete(action.job)
        return
      default:
        assertNever(action)
    }
  }
}
