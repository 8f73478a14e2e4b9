import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { type Mutation, mutations } from './mutations.ts'

/**
 * Loaded before a worker (`--import`), it changes compiled files on their way in as the mutation named in
 * `SIMULATION_PLANTED` says. The product knows nothing of it.
 */
let planted: Mutation | undefined

/** Called by Node in its loader thread. */
export function initialize(name: string): void {
  planted = mutations.find((mutation) => mutation.name === name)
}

interface Loaded {
  readonly source?: unknown
}

/** Called by Node for each module. */
export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context)
  const edits = planted?.edits.filter(({ file }) => url.endsWith(file)) ?? []
  if (edits.length === 0) return loaded
  let source = String(loaded.source)
  for (const { file, from, to } of edits) {
    if (!source.includes(from)) throw new RangeError(`${file} no longer says: ${from}`)
    source = source.replaceAll(from, to)
  }
  return { ...loaded, source }
}

const name = process.env.SIMULATION_PLANTED
if (isMainThread && name !== undefined) register(import.meta.url, { data: name })
