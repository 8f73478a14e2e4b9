import { createHash } from 'node:crypto'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Queryable } from '../database/pool.ts'
import { mediaTypeOf, type PhotoType, photoBytesMax } from './media-type.ts'

/** A picture that may be kept, named by its content. */
export interface Photo {
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string
  readonly mediaType: PhotoType
  readonly bytes: Uint8Array
}

/** Names a picture by its content. Refuses `photo_too_large` (1 MiB) and `photo_type` (not PNG, JPEG or WebP). */
export function photoOf(bytes: Uint8Array): Result<Photo, 'photo_too_large' | 'photo_type'> {
  if (bytes.length > photoBytesMax) return err('photo_too_large')
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === undefined) return err('photo_type')
  return ok({ sha256: createHash('sha256').update(bytes).digest('hex'), mediaType, bytes })
}

/** Keeps a picture; one that is there already stays as it is. */
export async function putPhoto(db: Queryable, { sha256, mediaType, bytes }: Photo): Promise<void> {
  await db.query('INSERT INTO photo VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
    sha256,
    mediaType,
    Buffer.from(bytes),
  ])
}

/** Reads a picture by its SHA-256, hex. */
export async function findPhoto(db: Queryable, sha256: string): Promise<Photo | undefined> {
  const { rows } = await db.query<{ media_type: PhotoType; bytes: Buffer }>(
    'SELECT media_type, bytes FROM photo WHERE sha256 = $1',
    [sha256],
  )
  const [row] = rows
  return row && { sha256, mediaType: row.media_type, bytes: row.bytes }
}
