import { requestIdSchema } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import type { Kernel } from '../ledger/kernel.ts'
import type { Outcome } from '../ledger/receipts.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { requestCommandKind } from './request-commands.ts'

const decidedMax = 10_000

/** What became of a request, for the log: one line of the site for each trace that began in a browser. */
export interface DecidedRequest {
  readonly requestId: string
  readonly command: string
  /** Of the call in the cloud that asked; absent when that cloud sent none. */
  readonly traceId: string | undefined
  /** `done`, or the code of the refusal. */
  readonly outcome: string
}

export interface RequestRunnerOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly onDecided?: (request: DecidedRequest) => void
}

const refusedAnswer = z.object({ refused: z.string() })

/**
 * Decides the requests that the directory brings. Whatever could not be recorded (the site was busy, selling had
 * stopped) is tried again at the next change or call of `runAll`; a request decided before keeps its answer.
 */
export class RequestRunner {
  readonly #kernel: Kernel
  readonly #directory: DirectoryReader
  readonly #decided = new Set<string>()
  #stopped = false
  readonly #ignoreChanges: () => void
  readonly #onDecided: (request: DecidedRequest) => void

  constructor(options: RequestRunnerOptions) {
    this.#kernel = options.kernel
    this.#directory = options.directory
    this.#onDecided = options.onDecided ?? (() => {})
    this.#ignoreChanges = options.directory.onChange((changes) => {
      if (changes.some(({ kind }) => kind === 'request')) void this.runAll()
    })
  }

  /** Decides every open request, in the order of the directory; resolves when all were answered. */
  async runAll(): Promise<void> {
    if (this.#stopped) return
    const requests = this.#directory.all('request')
    if (this.#decided.size > decidedMax) this.#decided.clear()
    await Promise.all([...requests.keys()].map((requestId) => this.#run(requestId)))
  }

  /** Decides nothing more, whoever asks. */
  stop(): void {
    this.#ignoreChanges()
    this.#stopped = true
  }

  async #run(requestId: string): Promise<void> {
    const body = this.#directory.get('request', requestId)
    if (!body || this.#decided.has(requestId)) return
    this.#decided.add(requestId)
    // The trace names the call that asked, not what was asked: it is no part of the command.
    const { traceId, ...asked } = body
    const outcome = await this.#kernel.submit({
      kind: requestCommandKind(body.command),
      caller: 'cloud',
      key: requestId,
      input: { ...asked, requestId: requestIdSchema.parse(requestId) },
    })
    if (!outcome.ok) this.#decided.delete(requestId)
    this.#onDecided({ requestId, command: body.command.kind, traceId, outcome: outcomeOf(outcome) })
  }
}

function outcomeOf(outcome: Outcome): string {
  if (!outcome.ok) return outcome.refusal.code
  const refused = refusedAnswer.safeParse(outcome.value)
  return refused.success ? refused.data.refused : 'done'
}
