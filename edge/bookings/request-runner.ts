import { requestIdSchema } from '@gatehouse/shared/ids/ids'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { requestCommandKind } from './request-commands.ts'

const decidedMax = 10_000

/**
 * Decides the requests that the directory brings. Whatever could not be recorded (the site was busy, selling had
 * stopped) is tried again at the next change or call of `runAll`; a request decided before keeps its answer.
 */
export class RequestRunner {
  readonly #kernel: Kernel
  readonly #directory: DirectoryReader
  readonly #decided = new Set<string>()
  readonly #stop: () => void

  constructor(options: { readonly kernel: Kernel; readonly directory: DirectoryReader }) {
    this.#kernel = options.kernel
    this.#directory = options.directory
    this.#stop = options.directory.onChange((changes) => {
      if (changes.some(({ kind }) => kind === 'request')) void this.runAll()
    })
  }

  /** Decides every open request, in the order of the directory; resolves when all were answered. */
  async runAll(): Promise<void> {
    const requests = this.#directory.all('request')
    if (this.#decided.size > decidedMax) this.#decided.clear()
    await Promise.all([...requests.keys()].map((requestId) => this.#run(requestId)))
  }

  stop(): void {
    this.#stop()
  }

  async #run(requestId: string): Promise<void> {
    const body = this.#directory.get('request', requestId)
    if (!body || this.#decided.has(requestId)) return
    this.#decided.add(requestId)
    const outcome = await this.#kernel.submit({
      kind: requestCommandKind(body.command),
      caller: 'cloud',
      key: requestId,
      input: { ...body, requestId: requestIdSchema.parse(requestId) },
    })
    if (!outcome.ok) this.#decided.delete(requestId)
  }
}
