import { SiteError } from '@gatehouse/shared/errors/site-error'
import {
  type EnrolAnswer,
  type EnrolRequest,
  enrolAnswerSchema,
  type HandshakeAnswer,
  type HandshakeRequest,
  type Heartbeat,
  type HeartbeatAnswer,
  handshakeAnswerSchema,
  heartbeatAnswerSchema,
  type RecoverAnswer,
  type RecoverRequest,
  recoverAnswerSchema,
} from '@gatehouse/shared/wire/v1/sync'
import type { z } from 'zod'
import type { CloudTime } from './cloud-time.ts'

const timeoutMs = 10_000

/** Calls to the cloud that are plain requests; each fails with a `SiteError` that says whether to try again. */
export interface CloudClientOptions {
  /** Base address of the cloud, without a trailing slash. */
  readonly cloudUrl: string
  /** Makes the short-lived bearer token of this site. */
  readonly token: () => Promise<string>
  readonly cloudTime: CloudTime
}

/** Trades a one-time code for this site's identity. */
export async function enrol(cloudUrl: string, request: EnrolRequest): Promise<EnrolAnswer> {
  const answer = await post(`${cloudUrl}/sync/v1/enrol`, request, {})
  return read(enrolAnswerSchema, answer, 'sync.enrol')
}

/** Compares heads with the cloud before an upload run. */
export async function handshake(
  options: CloudClientOptions,
  request: HandshakeRequest,
): Promise<HandshakeAnswer> {
  const answer = await authorisedPost(options, '/sync/v1/handshake', request)
  return read(handshakeAnswerSchema, answer, 'sync.handshake')
}

/** Asks for the next life of the site: this one's books are older than its own past. */
export async function askForNextLife(
  options: CloudClientOptions,
  request: RecoverRequest,
): Promise<RecoverAnswer> {
  return read(recoverAnswerSchema, await authorisedPost(options, '/sync/v1/recover', request), 'sync.recover')
}

/** Reports the site's health and sums; may be lost. The answer tells whether a newer life of the site exists. */
export async function sendHeartbeat(
  options: CloudClientOptions,
  heartbeat: Heartbeat,
): Promise<HeartbeatAnswer> {
  return read(
    heartbeatAnswerSchema,
    await authorisedPost(options, '/sync/v1/heartbeat', heartbeat),
    'sync.heartbeat',
  )
}

async function authorisedPost(options: CloudClientOptions, path: string, body: unknown): Promise<unknown> {
  const headers = { authorization: `Bearer ${await options.token()}` }
  return post(`${options.cloudUrl}${path}`, body, headers, options.cloudTime)
}

async function post(
  url: string,
  body: unknown,
  headers: Record<string, string>,
  cloudTime?: CloudTime,
): Promise<unknown> {
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  cloudTime?.observe(response.headers)
  const text = await response.text()
  if (response.ok) return text === '' ? undefined : JSON.parse(text)
  throw new SiteError({
    code: problemCode(text) ?? `http_${response.status}`,
    op: `POST ${new URL(url).pathname}`,
    hint: `The cloud answered ${response.status}.`,
    retryable: response.status >= 500 || response.status === 429,
  })
}

/** `fetch` whose network failures are operational errors. */
export async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    const hint = 'The cloud cannot be reached; the site goes on alone and tries again.'
    const op = `${init.method ?? 'GET'} ${new URL(url).pathname}`
    throw new SiteError({ code: 'cloud_unreachable', op, hint, retryable: true, cause })
  }
}

function problemCode(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem === 'object' && problem !== null && 'code' in problem) return String(problem.code)
  } catch {
    return undefined
  }
  return undefined
}

function read<T>(schema: z.ZodType<T>, answer: unknown, op: string): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const hint = 'The cloud answered in a form this version does not know; check the versions of both.'
  throw new SiteError({ code: 'cloud_answer_unknown', op, hint, retryable: false, cause: parsed.error })
}
