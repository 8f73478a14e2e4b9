import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type ProfileSource, readCatalogue } from '@gatehouse/shared/profiles/catalogue'
import { packageRoot } from '../package-root.ts'

/** Where the profiles of this distribution are, the same from source and from `dist`. */
export const profileFolder = join(packageRoot, '..', 'firmware-profiles')

const notVendors = ['templates', 'fixtures', 'drivers']

/**
 * Reads all profiles of a folder `<vendor>/<model>.json` with its `templates/`. A broken file is reported in
 * `problems` and left out; the others are served.
 */
export function readProfileFolder(folder: string): ReturnType<typeof readCatalogue> {
  const vendors = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notVendors.includes(entry.name))
    .map((entry) => entry.name)
  const sources = vendors.flatMap((vendor) => readJsonFiles(join(folder, vendor), `${vendor}/`))
  const templates = readJsonFiles(join(folder, 'templates'), '')
  return readCatalogue(
    sources,
    new Map(templates.map(({ path, json }) => [basename(path, '.json'), json] as const)),
  )
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
