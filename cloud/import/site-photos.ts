import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Queryable } from '../database/pool.ts'
import type { DirectoryWrite } from '../directory/put-rows.ts'
import { readDirectory } from '../directory/read-rows.ts'
import { photoBytesMax } from '../photos/media-type.ts'
import { type Photo, photoOf } from '../photos/photo-store.ts'
import type { ImportFile } from './import-file.ts'

interface SitePhoto {
  readonly photo: Photo
  readonly text: string
}

/** The pictures of each site whose entry in the file names any. */
export type SitePhotos = ReadonlyMap<SiteId, readonly SitePhoto[]>

const refusals = {
  photo_too_large: `is larger than ${photoBytesMax / 1024} KiB`,
  photo_type: 'is neither PNG nor JPEG nor WebP',
}

/** Reads the pictures that a file names, each path taken from the folder of that file; or says which cannot be used. */
export function readSitePhotos(
  path: string,
  file: ImportFile,
): SitePhotos | { readonly lines: readonly string[] } {
  const found = new Map<SiteId, SitePhoto[]>()
  const lines: string[] = []
  for (const { siteId, photos } of file.sites) {
    if (photos === undefined) continue
    const read = photos.flatMap(({ file: name, text }) => {
      const photo = readPhoto(resolve(dirname(path), name))
      if (typeof photo !== 'string') return [{ photo, text }]
      lines.push(`site ${siteId}: the picture ${name} ${photo}`)
      return []
    })
    found.set(siteId, read)
  }
  return lines.length > 0 ? { lines } : found
}

function readPhoto(path: string): Photo | string {
  try {
    // Asked before reading: somebody may name anything.
    if (statSync(path).size > photoBytesMax) return refusals.photo_too_large
    const photo = photoOf(readFileSync(path))
    return photo.ok ? photo.value : refusals[photo.error]
  } catch {
    return 'cannot be read'
  }
}

/** The rows of a site with its pictures in the row of the site itself, from the file or as it is already. */
export async function withPhotos(
  db: Queryable,
  siteId: SiteId,
  rows: readonly DirectoryWrite[],
  photos: readonly SitePhoto[] | undefined,
): Promise<readonly DirectoryWrite[]> {
  const [present] = await readDirectory(db, 'site', [siteId])
  const shown = photos?.map(({ photo, text }) => ({ sha256: photo.sha256, text })) ?? present?.body.photos
  if (shown === undefined) return rows
  const written = rows.find(({ kind }) => kind === 'site')
  const body = written === undefined ? present?.body : written.body
  if (body === undefined || body === null) return rows
  const site = { kind: 'site', key: siteId, body: { ...body, photos: shown } } as DirectoryWrite
  return written === undefined ? [...rows, site] : rows.map((row) => (row === written ? site : row))
}
