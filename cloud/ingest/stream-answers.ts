import { problemResponse } from '../http/problem.ts'
import type { BodyRefusal } from './entry-judge.ts'

const badRequests = {
  malformed_json: 'The body is not valid JSON.',
  not_text: 'The body is not UTF-8 text.',
  empty: 'The body has no entries.',
  not_an_entry: 'Something in the body has no site, incarnation, seq or prev.',
  wrong_stream: 'An entry belongs to another site or another life of it.',
  producer_headers:
    'Producer-Id, Producer-Epoch and Producer-Seq come together, the last two as whole numbers.',
  writer_seq_header: 'Stream-Seq is empty or longer than 200 characters.',
  no_content_type: 'The request does not say what its body is.',
  offset: 'The offset is missing or was not given by this stream.',
  live_mode: 'Only live=long-poll is offered here.',
  not_offered: 'Streams here are never closed, never expire and are not forked.',
} as const satisfies Record<BodyRefusal, string> & Record<string, string>

export type BadRequestCode = keyof typeof badRequests

/** Refuses a request that can never be right with status 400; `about` names the part that is not offered. */
export function badRequest(code: BadRequestCode, about?: string): Response {
  const hint =
    about === undefined
      ? 'Correct the request; entries stay on the site until the head acknowledges them.'
      : `Leave the header ${about} out.`
  return problemResponse({ status: 400, code, title: badRequests[code], hint }, undefined)
}

const conflicts = {
  stream_exists: 'This stream exists with other properties.',
  content_type: 'This stream is of another content type.',
} as const

/** Refuses what contradicts the stream as it is, with status 409. */
export function conflict(code: keyof typeof conflicts): Response {
  const hint = 'Use the content type that HEAD names.'
  return problemResponse({ status: 409, code, title: conflicts[code], hint }, undefined)
}

/** Refuses other methods, DELETE among them: what was recorded is never deleted. */
export async function methodNotAllowed(): Promise<Response> {
  return problemResponse(
    {
      status: 405,
      code: 'method_not_allowed',
      title: 'A stream can be created, appended to and read, never changed or deleted.',
      hint: 'Use PUT, POST, GET or HEAD.',
    },
    undefined,
    { allow: 'PUT, POST, GET, HEAD' },
  )
}
