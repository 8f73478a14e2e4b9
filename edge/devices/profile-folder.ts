import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type CardFormat, readCardFormat } from '@gatehouse/shared/profiles/card-format'
import { type ProfileProblem, type ProfileSource, readCatalogue } from '@gatehouse/shared/profiles/catalogue'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { packageRoot } from '../package-root.ts'

/** Where the profiles of this distribution are, the same from source and from `dist`. */
export const profileFolder = join(packageRoot, '..', 'firmware-profiles')

const notVendors = ['templates', 'fixtures', 'drivers', 'card-formats']

/** Everything that the edge serves devices by, and what was left out of it. */
export interface ProfileFolder {
  readonly profiles: ReadonlyMap<string, DeviceProfile>
  readonly cardFormats: ReadonlyMap<string, CardFormat>
  readonly problems: readonly ProfileProblem[]
}

/**
 * Reads all profiles of a folder `<vendor>/<model>.json` with its `templates/` and `card-formats/`. A broken file is
 * reported in `problems` and left out; the others are served.
 */
export function readProfileFolder(folder: string): ProfileFolder {
  const vendors = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notVendors.includes(entry.name))
    .map((entry) => entry.name)
  const sources = vendors.flatMap((vendor) => readJsonFiles(join(folder, vendor), `${vendor}/`))
  const templates = readJsonFiles(join(folder, 'templates'), '')
  const catalogue = readCatalogue(
    sources,
    new Map(templates.map(({ path, json }) => [basename(path, '.json'), json] as const)),
  )
  const cards = readCardFormats(readJsonFiles(join(folder, 'card-formats'), 'card-formats/'))
  return {
    profiles: catalogue.profiles,
    cardFormats: cards.formats,
    problems: [...catalogue.problems, ...cards.problems],
  }
}

function readCardFormats(sources: readonly ProfileSource[]) {
  const formats = new Map<string, CardFormat>()
  const problems: ProfileProblem[] = []
  for (const { path, json } of sources) {
    const read = readCardFormat(json)
    if (!read.ok) problems.push(...read.error.map((problem) => ({ path, ...problem })))
    else if (`${read.value.name}.json` !== basename(path)) {
      problems.push({ path, at: 'name', message: 'It is not the name of its file.' })
    } else formats.set(read.value.name, read.value)
  }
  return { formats, problems }
}

function readJsonFiles(folder: string, prefix: string): ProfileSource[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ path: `${prefix}${file}`, json: readJson(join(folder, file)) }))
}

/** Text that is not JSON becomes a value that no schema accepts, so that it is reported like any other mistake. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

let installed: ProfileFolder | undefined

/** What came with this version; read once, since nothing changes it while it runs. */
export function installedCatalogue(): ProfileFolder {
  installed ??= readProfileFolder(profileFolder)
  return installed
}
