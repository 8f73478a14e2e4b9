/**
 * Wraps `fetch` so that a call without any answer within `answerMaxMs` fails: a line that is open at one end only would
 * else be waited for as long as the system likes. Once the head of an answer is there, its body may take its time.
 */
export function fetchAnswered(answerMaxMs: number): typeof fetch {
  return async (input, init) => {
    const limit = AbortSignal.timeout(answerMaxMs)
    const late = new AbortController()
    const giveUp = () => late.abort(limit.reason)
    limit.addEventListener('abort', giveUp)
    const signal = init?.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal
    try {
      return await fetch(input, { ...init, signal })
    } finally {
      limit.removeEventListener('abort', giveUp)
    }
  }
}
