import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { ReaderKeys, ReaderSecrets } from '../devices/drivers/osdp/reader-keys.ts'
import { writeDurably } from '../ledger/durable-file.ts'

/** Keys of the readers in the data folder, for the owner of the edge only (file mode 600). */
export const readerKeysFile = 'reader-keys.json'

const secretsSchema = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{32}$/),
  facts: z
    .strictObject({
      identity: z.strictObject({
        vendor: z.string(),
        model: z.int(),
        version: z.int(),
        serial: z.int(),
        firmware: z.string(),
      }),
      capabilities: z.array(z.strictObject({ function: z.int(), level: z.int(), count: z.int() })),
    })
    .optional(),
})
const fileSchema = z.strictObject({ readers: z.record(z.string(), secretsSchema) })
type Kept = z.infer<typeof fileSchema>['readers']

/**
 * Opens the keys of a data folder. A file that cannot be read is told to `onProblem` and left as it is: no reader is
 * trusted then, and none is given a new key over the ones that may still be saved.
 */
export function openReaderKeys(dataFolder: string, onProblem: (cause: unknown) => void): ReaderKeys {
  const path = join(dataFolder, readerKeysFile)
  let kept: Kept | undefined
  try {
    kept = existsSync(path) ? fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).readers : {}
  } catch {
    // Neither the parser's nor the schema's words: they quote what they found.
    onProblem(
      `${readerKeysFile} cannot be read; put it back from a copy, or remove it and install the readers anew.`,
    )
  }
  const readable = kept
  return {
    read: (deviceId) => {
      const secrets = readable && Object.hasOwn(readable, deviceId) ? readable[deviceId] : undefined
      return secrets && toSecrets(secrets)
    },
    write: (deviceId, { key, facts }) => {
      if (!readable) return false
      const secrets = secretsSchema.parse({ key: Buffer.from(key).toString('hex'), ...(facts && { facts }) })
      try {
        writeDurably(path, JSON.stringify({ readers: { ...readable, [deviceId]: secrets } }))
      } catch (cause) {
        onProblem(cause)
        return false
      }
      readable[deviceId] = secrets
      return true
    },
  }
}

function toSecrets({ key, facts }: Kept[string]): ReaderSecrets {
  return { key: Uint8Array.from(Buffer.from(key, 'hex')), ...(facts && { facts }) }
}
