import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const secretsSchema = z.record(z.string(), z.string())

/** Secrets of the demo's devices: made by chance once, kept in the data folder, never in the sources. */
export class DemoSecrets {
  readonly #file: string
  readonly #values: Record<string, string>

  constructor(file: string) {
    this.#file = file
    this.#values = existsSync(file) ? secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
  }

  /** The secret called `name`; made and stored at the first asking. */
  of(name: string): string {
    const known = this.#values[name]
    if (known !== undefined) return known
    const secret = randomBytes(24).toString('base64url')
    this.#values[name] = secret
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, JSON.stringify(this.#values, null, 2), { mode: 0o600 })
    return secret
  }
}
