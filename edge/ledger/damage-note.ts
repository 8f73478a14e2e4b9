import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { syncFolder, writeDurably } from './durable-file.ts'

/** What remains on record beside a ledger that was moved aside; the site stays degraded while it is there. */
const damageNoteSchema = z.object({
  atMs: z.int(),
  /** What was found, in a few words. */
  why: z.string(),
  /** Folder with the damaged files, inside the data folder. */
  folder: z.string(),
  /** The life of the site whose ledger it was; a later one starts with a ledger of its own. */
  incarnation: z.int(),
})
export type DamageNote = z.infer<typeof damageNoteSchema>

const noteFile = 'damaged-ledger.json'
const suffixes = ['', '-wal', '-shm', '-journal']

/** Reads the note; one that cannot be read still says that there was damage. */
export function readDamageNote(dataFolder: string): DamageNote | undefined {
  const path = join(dataFolder, noteFile)
  if (!existsSync(path)) return undefined
  try {
    return damageNoteSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {
      atMs: 0,
      why: 'the note itself cannot be read',
      folder: '',
      incarnation: Number.MAX_SAFE_INTEGER,
    }
  }
}

/** Moves a store's files into a folder of their own, where nothing touches them again, and returns its name. */
export function moveAside(
  dataFolder: string,
  file: string,
  { kind = 'damaged', atMs }: { readonly kind?: 'damaged' | 'replaced'; readonly atMs: number },
): string {
  const folder = `${kind}-${atMs}`
  mkdirSync(join(dataFolder, folder), { recursive: true, mode: 0o700 })
  for (const suffix of suffixes) {
    const path = join(dataFolder, `${file}${suffix}`)
    if (existsSync(path)) renameSync(path, join(dataFolder, folder, `${file}${suffix}`))
  }
  syncFolder(dataFolder)
  return folder
}

/** Moves the ledger aside and leaves the note; durable before it returns. */
export function setAside(
  dataFolder: string,
  file: string,
  found: Pick<DamageNote, 'atMs' | 'why' | 'incarnation'>,
): DamageNote {
  const note: DamageNote = { ...found, folder: moveAside(dataFolder, file, found) }
  writeDurably(join(dataFolder, noteFile), JSON.stringify(note))
  return note
}

/** Ends the degraded time: the site was enrolled anew. `files` belong to the life before; they are kept with the note. */
export function retireNote(dataFolder: string, files: readonly string[], atMs: number): void {
  for (const file of files) moveAside(dataFolder, file, { atMs })
  renameSync(join(dataFolder, noteFile), join(dataFolder, `damaged-${atMs}`, noteFile))
  rmSync(join(dataFolder, `${noteFile}.new`), { force: true })
  syncFolder(dataFolder)
}
