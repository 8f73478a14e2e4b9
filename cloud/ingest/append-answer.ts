import { assertNever } from '@gatehouse/shared/result/result'
import { problemResponse } from '../http/problem.ts'
import type { AppendOutcome, Producer } from './append.ts'
import { headHeaders, streamHeaders } from './stream-headers.ts'

/** Renders what became of an append; the head is in every answer (Durable Streams 5.2 and 5.2.1). */
export function appendAnswer(outcome: AppendOutcome, producer: Producer | undefined): Response {
  const head = headHeaders(outcome.head)
  switch (outcome.kind) {
    case 'appended':
      return producer === undefined
        ? new Response(null, { status: 204, headers: head })
        : new Response(null, { status: 200, headers: { ...head, ...echo(producer, producer.seq) } })
    case 'producer':
      return producerAnswer(outcome.decision, producer, head)
    case 'writer_seq':
      return problemResponse(
        {
          status: 409,
          code: 'writer_seq',
          title: `The last Stream-Seq was ${outcome.lastSeq}; this one does not come after it.`,
          hint: 'Give each append a Stream-Seq that sorts after the last one as text, or leave it out.',
        },
        undefined,
        head,
      )
    case 'chain_gap':
      return problemResponse(
        {
          status: 409,
          code: 'chain_gap',
          title: `Entries are missing between ${outcome.head.seq} and ${outcome.seq}.`,
          hint: 'Send again from the entry after the head in Gatehouse-Head.',
        },
        undefined,
        { ...head, ...unresolvable(producer) },
      )
    case 'chain_fork':
      return problemResponse(
        {
          status: 409,
          code: 'chain_fork',
          title: `Entry ${outcome.seq} contradicts the history that the cloud holds.`,
          hint: 'It was set aside and HQ was told. Go on serving; a person decides which history is right.',
        },
        undefined,
        { ...head, ...unresolvable(producer) },
      )
    default:
      return assertNever(outcome)
  }
}

type Refused = Extract<AppendOutcome, { kind: 'producer' }>['decision']

function producerAnswer(
  decision: Refused,
  producer: Producer | undefined,
  head: Record<string, string>,
): Response {
  switch (decision.kind) {
    case 'duplicate': {
      const headers = { ...head, ...(producer && echo(producer, decision.lastSeq)) }
      return new Response(null, { status: 204, headers })
    }
    case 'stale_epoch':
      return problemResponse(
        {
          status: 403,
          code: 'stale_epoch',
          title: 'A newer run of this producer has taken over.',
          hint: 'Start a run with a higher Producer-Epoch.',
        },
        undefined,
        { ...head, [streamHeaders.producerEpoch]: String(decision.epoch) },
      )
    case 'epoch_start':
      return problemResponse(
        {
          status: 400,
          code: 'epoch_start',
          title: 'A new Producer-Epoch starts with Producer-Seq 0.',
          hint: 'Count the requests of a run from 0.',
        },
        undefined,
        head,
      )
    case 'gap':
      return problemResponse(
        {
          status: 409,
          code: 'producer_gap',
          title: 'A request before this one has not arrived.',
          hint: 'Send the request numbered Producer-Expected-Seq first.',
        },
        undefined,
        {
          ...head,
          [streamHeaders.expectedSeq]: String(decision.expectedSeq),
          [streamHeaders.receivedSeq]: String(producer?.seq ?? 0),
        },
      )
    default:
      return assertNever(decision)
  }
}

function echo(producer: Producer, lastSeq: number): Record<string, string> {
  return {
    [streamHeaders.producerEpoch]: String(producer.epoch),
    [streamHeaders.producerSeq]: String(lastSeq),
  }
}

/** Tells a stock producer that waiting for earlier requests will not help: this very one was expected. */
function unresolvable(producer: Producer | undefined): Record<string, string> {
  if (producer === undefined) return {}
  const seq = String(producer.seq)
  return { [streamHeaders.expectedSeq]: seq, [streamHeaders.receivedSeq]: seq }
}
