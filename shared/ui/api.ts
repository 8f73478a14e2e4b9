import { type Problem, problemSchema } from '@gatehouse/shared/api/problem'
import { traceFrom, traceparentOf } from '@gatehouse/shared/api/trace'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { z } from 'zod'
import { browserBytes } from './browser-clock.ts'

/** A refusal or failure of an API call. `problem.status` is 0 when nothing answered (`code` `unreachable`). */
export class ProblemError extends SiteError {
  readonly problem: Problem

  constructor(problem: Problem, op: string, cause?: unknown) {
    const retryable = problem.status === 0 || problem.status === 503 || problem.status === 429
    super({ code: problem.code, op, hint: problem.hint, retryable, cause })
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** Tells whether a thrown value is an answered problem, or the missing of an answer. */
export function isProblem(value: unknown): value is ProblemError {
  return value instanceof ProblemError
}

/** Makes a new `Idempotency-Key`; keep one for every try of the same wish. */
export function newIdempotencyKey(): string {
  return Array.from(browserBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export interface ApiOptions {
  /** Prepended to every path, for example `/api/v1`. */
  readonly baseUrl: string
  readonly headers?: () => Readonly<Record<string, string>>
  /** Called on every 401, so that the app can ask for a log-in. */
  readonly onUnauthorised?: () => void
  /** After which an unanswered call counts as unreachable; default 15 s. */
  readonly timeoutMs?: number
}

export interface Api {
  /** Reads; throws `ProblemError`. */
  get<S extends z.ZodType>(path: string, schema: S, signal?: AbortSignal): Promise<z.output<S>>
  /** Changes something, with an `Idempotency-Key` (new unless given); throws `ProblemError`. */
  post<S extends z.ZodType>(path: string, body: unknown, schema: S, key?: string): Promise<z.output<S>>
  /** Writes the whole of a thing whose id the caller chose; throws `ProblemError`. */
  put<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<z.output<S>>
  /** Removes; throws `ProblemError`. */
  delete<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>
}

const unreachable: Problem = {
  type: 'about:blank',
  title: 'No answer from the server.',
  status: 0,
  code: 'unreachable',
  hint: 'Check the connection and try again.',
}

const unreadable: Problem = {
  type: 'about:blank',
  title: 'The answer could not be understood.',
  status: 0,
  code: 'unreadable_answer',
  hint: 'Reload the page; it may be older than the server.',
}

async function problemOf(response: Response, traceId: string): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  const parsed = problemSchema.safeParse(body)
  if (parsed.success) return { traceId, ...parsed.data }
  return {
    type: 'about:blank',
    title: `The server answered ${response.status}.`,
    status: response.status,
    code: `http_${response.status}`,
    hint: 'Try again in a moment.',
    traceId,
  }
}

/** Builds a client that validates every answer and throws `ProblemError` for everything else. */
export function createApi(options: ApiOptions): Api {
  async function call<S extends z.ZodType>(path: string, init: RequestInit, schema: S): Promise<z.output<S>> {
    const op = `${init.method ?? 'GET'} ${path}`
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 15_000)
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
    // The trace begins here: what goes wrong shows the id that the logs of cloud and site have.
    const { traceId, parentId } = traceFrom(browserBytes(24))
    const traceparent = traceparentOf(traceId, parentId)
    const headers = { accept: 'application/json', traceparent, ...options.headers?.(), ...init.headers }
    const request = { credentials: 'same-origin', ...init, headers, signal } satisfies RequestInit
    const response = await fetch(options.baseUrl + path, request).catch((cause: unknown) => {
      throw new ProblemError({ ...unreachable, traceId }, op, cause)
    })
    if (response.status === 401) options.onUnauthorised?.()
    if (!response.ok) throw new ProblemError(await problemOf(response, traceId), op)
    const body: unknown = await response.json().catch((cause: unknown) => {
      throw new ProblemError({ ...unreadable, traceId }, op, cause)
    })
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw new ProblemError({ ...unreadable, traceId }, op, parsed.error)
    return parsed.data
  }
  return {
    get: (path, schema, signal) => call(path, signal ? { signal } : {}, schema),
    post: (path, body, schema, key) =>
      call(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key ?? newIdempotencyKey() },
          body: JSON.stringify(body),
        },
        schema,
      ),
    put: (path, body, schema) =>
      call(
        path,
        {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        schema,
      ),
    delete: (path, schema) => call(path, { method: 'DELETE' }, schema),
  }
}
