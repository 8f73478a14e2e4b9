import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { directoryBodies, directoryRowSchema } from '@gatehouse/shared/wire/v1/directory'
import { entryBodies, entryFrameSchema } from '@gatehouse/shared/wire/v1/entries'
import * as sync from '@gatehouse/shared/wire/v1/sync'
import { z } from 'zod'
import { repositoryRoot } from '../repository-root.ts'

/**
 * The wire of the release before, as data: JSON Schema that was written from that release's own code when it was made. Wire
 * versions hold one release each way (ARCHITECTURE §5); what is built here reads as that release does.
 */
export const previousWireFile = join(repositoryRoot, 'shared/wire/v1/previous-wire.ndjson')

const parts = ['frames', 'messages', 'entries', 'directory'] as const
type Part = (typeof parts)[number]

const lineSchema = z.object({
  part: z.enum(parts),
  name: z.string(),
  schema: z.record(z.string(), z.unknown()),
})

/** Readers of one release by the names of what they read. */
type Wire = Readonly<Record<Part, ReadonlyMap<string, z.ZodType>>>

/** Today's wire: every frame, message of the sync endpoints, entry body and directory body. */
export const todaysWire: Wire = {
  frames: new Map<string, z.ZodType>([
    ['entry', entryFrameSchema],
    ['directoryRow', directoryRowSchema],
  ]),
  messages: new Map<string, z.ZodType>([
    ['enrolRequest', sync.enrolRequestSchema],
    ['enrolAnswer', sync.enrolAnswerSchema],
    ['handshakeRequest', sync.handshakeRequestSchema],
    ['handshakeAnswer', sync.handshakeAnswerSchema],
    ['heartbeat', sync.heartbeatSchema],
    ['heartbeatAnswer', sync.heartbeatAnswerSchema],
    ['recoverRequest', sync.recoverRequestSchema],
    ['recoverAnswer', sync.recoverAnswerSchema],
  ]),
  entries: new Map<string, z.ZodType>(Object.entries(entryBodies)),
  directory: new Map<string, z.ZodType>(Object.entries(directoryBodies)),
}

/** Reads the frozen wire of the release before. */
export function readPreviousWire(): Wire {
  const wire: Record<Part, Map<string, z.ZodType>> = {
    ...{ frames: new Map(), messages: new Map(), entries: new Map(), directory: new Map() },
  }
  for (const text of readFileSync(previousWireFile, 'utf8').trim().split('\n')) {
    const { part, name, schema } = lineSchema.parse(JSON.parse(text))
    wire[part].set(name, z.fromJSONSchema(schema))
  }
  return wire
}

/** Writes a wire as this file keeps it, one schema a line, so that a difference names what it is about. */
export function freezeWire(wire: Wire): string {
  const lines = parts.flatMap((part) =>
    [...wire[part]].map(([name, schema]) =>
      JSON.stringify({ part, name, schema: z.toJSONSchema(schema, { io: 'input' }) }),
    ),
  )
  return `${lines.join('\n')}\n`
}

/** The golden samples of one file by their names. */
export function goldenSamples(name: 'entries' | 'directory' | 'sync' | 'frames'): Record<string, unknown> {
  return JSON.parse(
    readFileSync(join(repositoryRoot, 'shared/wire/v1/golden', `${name}.json`), 'utf8'),
  ) as Record<string, unknown>
}
