import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import { checkpointFile } from '../retention/checkpoint-file.ts'
import { readerKeysFile } from '../site/reader-key-file.ts'
import { storeFile } from '../site/store-file.ts'

/** What a backup says about itself; the last file written into it. */
export const manifestFile = 'manifest.json'

/**
 * What belongs to a backup: the ledger with all that is projected from it, and who this machine is. Left out on
 * purpose: `keys/subjects.key` (without it the names and plates inside stay sealed, ARCHITECTURE §6), the
 * secret of local tools, and the sandbox card gateway, which stands for a provider outside.
 */
export const backupFiles = [storeFile, 'identity.json', 'site-key.json'] as const

/** What a backup holds besides when entries were pruned: without it the rest cannot be replayed. */
export const prunedBackupFiles = [checkpointFile] as const

/** What a backup holds where readers have keys of their own: a box without it is a stranger to every reader. */
export const readerBackupFiles = [readerKeysFile] as const

const fileSchema = z.object({
  name: z.enum([...backupFiles, ...prunedBackupFiles, ...readerBackupFiles]),
  bytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

export const manifestSchema = z.object({
  format: z.literal('gatehouse-edge-backup'),
  formatVersion: z.literal(1),
  /** The program that made it, and the format of its store. */
  version: z.string(),
  storeFormat: z.int().min(1),
  siteId: siteIdSchema,
  incarnation: z.int().min(1),
  /** The last entry inside. */
  head: z.object({ seq: z.int().min(0), hash: z.string() }),
  madeMs: z.int(),
  files: z.array(fileSchema).min(backupFiles.length),
})
export type Manifest = z.infer<typeof manifestSchema>

const chunkBytes = 1024 * 1024

/** Describes one file of a backup, read as it lies on disk, and makes it durable. */
export function describeFile(
  folder: string,
  name: Manifest['files'][number]['name'],
): Manifest['files'][number] {
  const path = join(folder, name)
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  const chunk = Buffer.alloc(chunkBytes)
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
    hash.update(chunk.subarray(0, read))
  }
  fsyncSync(file)
  closeSync(file)
  return { name, bytes: statSync(path).size, sha256: hash.digest('hex') }
}

/** Reads and checks a backup with the hash of every file; a problem is one sentence. */
export function checkBackup(folder: string): Manifest | { readonly problem: string } {
  let manifest: Manifest
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')))
    if (!parsed.success) return { problem: `${manifestFile} is not one that this release can read.` }
    manifest = parsed.data
  } catch {
    return { problem: `There is no readable ${manifestFile}; a backup without one was never finished.` }
  }
  const missing = backupFiles.find((name) => manifest.files.every((file) => file.name !== name))
  if (missing !== undefined) return { problem: `${missing} is not named in ${manifestFile}.` }
  for (const file of manifest.files) {
    try {
      const found = describeFile(folder, file.name)
      if (found.sha256 !== file.sha256)
        return { problem: `${file.name} is not what was written into the backup.` }
    } catch {
      return { problem: `${file.name} is missing or cannot be read.` }
    }
  }
  return manifest
}
