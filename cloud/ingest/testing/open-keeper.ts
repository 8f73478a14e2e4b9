import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Context, Env } from 'hono'
import type { Pool } from '../../database/pool.ts'
import { append } from '../append.ts'
import type { StreamFormat } from '../entry-judge.ts'
import { jsonType } from '../json-messages.ts'
import type { OpenStream, StreamKeeper } from '../stream-endpoint.ts'
import { anyBytes, anyJson } from './plain-formats.ts'

const siteId = siteIdSchema.parse('conformance')

/** Streams that anybody may make under any name, of any media type: what the conformance suite expects. */
export class OpenKeeper implements StreamKeeper<Env> {
  readonly path = '/v1/stream/:name'
  readonly admit: StreamKeeper<Env>['admit'] = (_context, next) => next()
  readonly #pool: Pool
  readonly #streams = new Map<string, OpenStream>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Makes the site whose lives the streams are stored as. */
  async start(): Promise<void> {
    await this.#pool.query(`INSERT INTO operators (operator_id, name) VALUES ('operator', 'Tests')`)
    await this.#pool.query(
      `INSERT INTO sites (site_id, operator_id, created_ms) VALUES ($1, 'operator', 0)`,
      [siteId],
    )
  }

  readonly open = async (context: Context): Promise<OpenStream | undefined> => {
    const name = context.req.param('name') ?? ''
    const known = this.#streams.get(name)
    if (known !== undefined || context.req.method !== 'PUT') return known
    const format = formatOf(context.req.header('content-type'))
    const incarnation = this.#streams.size + 1
    const stream = { id: { siteId, incarnation }, format }
    this.#streams.set(name, stream)
    await this.#pool.query(
      `WITH life AS (
         INSERT INTO site_incarnations (site_id, incarnation, public_key, machine, enrolled_ms)
         VALUES ($1, $2, '', 'test', 0) RETURNING site_id, incarnation)
       INSERT INTO streams (site_id, incarnation) SELECT site_id, incarnation FROM life`,
      [siteId, incarnation],
    )
    await this.#begin(stream, new Uint8Array(await context.req.arrayBuffer()))
    return { ...stream, isNew: true }
  }

  async #begin({ id, format }: OpenStream, body: Uint8Array): Promise<void> {
    const judge = format.read(body, id)
    if (!judge.ok) return
    const request = { stream: id, judge: judge.value, producer: undefined, writerSeq: undefined, nowMs: 0 }
    await append(this.#pool, request)
  }
}

function formatOf(contentType: string | undefined): StreamFormat {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? jsonType
  return type === jsonType ? anyJson : anyBytes(type)
}
