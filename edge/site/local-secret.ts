import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { writeDurably } from '../ledger/durable-file.ts'

const secretLength = 40
const file = (dataFolder: string) => join(dataFolder, 'local-secret')

/** Makes the secret with which tools on this machine call the running edge (file mode 600). */
export function makeLocalSecret(dataFolder: string, random: Random): string {
  const known = readLocalSecret(dataFolder)
  if (known !== undefined) return known
  const secret = randomCode(random, secretLength)
  writeDurably(file(dataFolder), secret)
  return secret
}

/**
 * Reads the secret that the edge made; `undefined` when the edge never ran here, and for anything of another
 * length: an empty file, as a power cut can leave it, must not become a password that everybody knows.
 */
export function readLocalSecret(dataFolder: string): string | undefined {
  if (!existsSync(file(dataFolder))) return undefined
  const secret = readFileSync(file(dataFolder), 'utf8')
  return secret.length === secretLength ? secret : undefined
}
