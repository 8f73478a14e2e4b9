import { err, ok, type Result } from '@gatehouse/shared/result/result'

/** A read of a shape, as far as we serve it. */
export interface ShapeRequest {
  readonly siteId: string
  /** `start` for -1, `now`, or the position after which changes are wanted. */
  readonly offset: 'start' | 'now' | number
  readonly offsetText: string
  readonly handle: string | undefined
  readonly expiredHandle: string | undefined
  readonly live: boolean
  /** Changes are wanted as server-sent events; only together with `live`. */
  readonly isEvents: boolean
  readonly cursor: string | undefined
}

const where = /^\s*"?site_id"?\s*=\s*'([A-Za-z0-9][A-Za-z0-9_.-]{0,63})'\s*$/
const whereParameter = /^\s*"?site_id"?\s*=\s*\$1\s*$/
// Parts of the protocol that would change what a row is; ignoring them would answer another question.
const notOffered = /^(columns$|subset__)/
const offsetPattern = /^(\d{1,15})_\d{1,15}$/

/** Reads the query of a shape request; refuses with what is wrong in it. */
export function readShapeRequest(query: URLSearchParams): Result<ShapeRequest, string> {
  if (!/^("?public"?\.)?"?site_directory"?$/.test(query.get('table') ?? '')) return err('no such table')
  const clause = query.get('where') ?? ''
  const siteId = whereParameter.test(clause) ? query.get('params[1]') : where.exec(clause)?.[1]
  if (!siteId) return err('only where site_id is one site')
  const offsetText = query.get('offset') ?? ''
  const offset = readOffset(offsetText)
  if (offset === undefined) return err('offset is -1, now or one that was given')
  const live = query.get('live') === 'true'
  if (live && offset === 'start') return err('live needs an offset')
  const unknown = [...query.keys()].find((name) => notOffered.test(name))
  if (unknown !== undefined) return err(`${unknown} is not offered, every change has its whole row`)
  if ((query.get('log') ?? 'full') !== 'full') return err('only log=full is offered')
  const optional = (name: string) => query.get(name) ?? undefined
  return ok({
    siteId,
    offset,
    offsetText,
    live,
    isEvents: live && (query.get('live_sse') ?? query.get('experimental_live_sse')) === 'true',
    handle: optional('handle'),
    expiredHandle: optional('expired_handle'),
    cursor: optional('cursor'),
  })
}

function readOffset(text: string): ShapeRequest['offset'] | undefined {
  if (text === '-1') return 'start'
  if (text === 'now') return 'now'
  const position = offsetPattern.exec(text)?.[1]
  return position === undefined ? undefined : Number(position)
}
