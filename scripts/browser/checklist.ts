import { performance } from 'node:perf_hooks'

/** Runs named checks one after the other, prints how each went and counts them. */
export class Checklist {
  passed = 0
  failed = 0
  /** Called with the name of a check that failed, for example to keep a picture of the screens. */
  readonly #onFailure: (name: string) => Promise<void>

  constructor(onFailure: (name: string) => Promise<void>) {
    this.#onFailure = onFailure
  }

  /** Runs one check; a thrown error is a failure. Tells whether it passed. */
  async check(name: string, run: () => Promise<void>): Promise<boolean> {
    const began = performance.now()
    const seconds = () => ((performance.now() - began) / 1_000).toFixed(1)
    try {
      await run()
      this.passed += 1
      process.stdout.write(`  ok      ${name} (${seconds()} s)\n`)
      return true
    } catch (error) {
      this.failed += 1
      process.stdout.write(`  FAILED  ${name} (${seconds()} s)\n${wordsOf(error)}\n`)
      await this.#onFailure(name)
      return false
    }
  }

  /** Runs checks that build on each other; after one that fails the rest would say nothing and is left out. */
  async inOrder(checks: readonly (readonly [string, () => Promise<void>])[]): Promise<void> {
    for (const [name, run] of checks) if (!(await this.check(name, run))) return
  }
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return words.replaceAll(/^/gm, '          ')
}
