import { type DirectoryBody, type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'

/** One thing of a site as the directory will hold it. */
export interface WorldRow<K extends DirectoryKind = DirectoryKind> {
  readonly kind: K
  readonly key: string
  readonly body: DirectoryBody<K>
}

/** Checks a written-down thing against its schema and gives it its type. */
export function row<K extends DirectoryKind>(kind: K, key: string, body: unknown): WorldRow<K> {
  return { kind, key, body: directoryBodies[kind].parse(body) as DirectoryBody<K> }
}

/** The rows of one kind. */
export function rowsOf<K extends DirectoryKind>(rows: readonly WorldRow[], kind: K): WorldRow<K>[] {
  return rows.filter((candidate): candidate is WorldRow<K> => candidate.kind === kind)
}
