/** The last request of a producer that was accepted. */
export interface ProducerState {
  readonly epoch: number
  readonly seq: number
}

export type ProducerDecision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'duplicate'; readonly lastSeq: number }
  | { readonly kind: 'stale_epoch'; readonly epoch: number }
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'epoch_start' }

/**
 * Validates an idempotent producer's request (Durable Streams 5.2.1): an older epoch is fenced, a new epoch
 * starts at 0, a repeated `seq` is a duplicate, a skipped one a gap.
 */
export function decideProducer(state: ProducerState | undefined, request: ProducerState): ProducerDecision {
  if (state === undefined) {
    return request.seq === 0 ? { kind: 'accept' } : { kind: 'gap', expectedSeq: 0 }
  }
  if (request.epoch < state.epoch) return { kind: 'stale_epoch', epoch: state.epoch }
  if (request.epoch > state.epoch) return request.seq === 0 ? { kind: 'accept' } : { kind: 'epoch_start' }
  if (request.seq <= state.seq) return { kind: 'duplicate', lastSeq: state.seq }
  if (request.seq === state.seq + 1) return { kind: 'accept' }
  return { kind: 'gap', expectedSeq: state.seq + 1 }
}
