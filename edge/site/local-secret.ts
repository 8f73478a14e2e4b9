import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'

const file = (dataFolder: string) => join(dataFolder, 'local-secret')

/** Makes the secret with which tools on this machine call the running edge (file mode 600). */
export function makeLocalSecret(dataFolder: string, random: Random): string {
  const known = readLocalSecret(dataFolder)
  if (known !== undefined) return known
  const secret = randomCode(random, 40)
  writeFileSync(file(dataFolder), secret, { mode: 0o600 })
  return secret
}

/** Reads the secret that the edge made; `undefined` when the edge never ran here. */
export function readLocalSecret(dataFolder: string): string | undefined {
  return existsSync(file(dataFolder)) ? readFileSync(file(dataFolder), 'utf8') : undefined
}
