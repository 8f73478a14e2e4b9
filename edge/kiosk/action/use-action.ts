import type { Problem } from '@gatehouse/shared/api/problem'
import { isProblem, newIdempotencyKey } from '@gatehouse/shared/ui/api.ts'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Attempt, attemptFor, isOpen, retryDelaysMs } from './attempt.ts'

/** Something that changes the site, as a screen uses it. */
export interface Action<Input> {
  readonly start: (input: Input) => void
  readonly busy: boolean
  /** Why it did not work; while `busy` it is why the site is being asked again. */
  readonly problem: Problem | undefined
  readonly clear: () => void
}

const failed: Problem = { type: 'about:blank', title: '', status: 0, code: 'failed', hint: '' }

const pause = (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs))

async function untilAnswered<Output>(
  send: () => Promise<Output>,
  asks: { readonly gone: () => boolean; readonly onRetry: (problem: Problem) => void },
): Promise<Output> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await send()
    } catch (cause) {
      if (!isProblem(cause) || !isOpen(cause.problem) || asks.gone()) throw cause
      asks.onRetry(cause.problem)
      await pause(delayMs)
    }
  }
  return await send()
}

/**
 * Carries out one wish at a time. An unanswered wish is sent again under the same idempotency key, by itself and
 * when the person tries again, so that a payment happens once however often the line drops.
 */
export function useAction<Input, Output>(
  run: (input: Input, key: string) => Promise<Output>,
  onDone: (output: Output, input: Input) => void,
): Action<Input> {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const attempt = useRef<Attempt>(undefined)
  const latest = useRef({ run, onDone, gone: false })
  latest.current.run = run
  latest.current.onDone = onDone
  useEffect(() => {
    latest.current.gone = false
    return () => {
      latest.current.gone = true
    }
  }, [])
  const start = useCallback((input: Input) => {
    const current = attemptFor(attempt.current, input, newIdempotencyKey)
    attempt.current = current
    setBusy(true)
    setProblem(undefined)
    untilAnswered(() => latest.current.run(input, current.key), {
      gone: () => latest.current.gone,
      onRetry: setProblem,
    })
      .then((output) => {
        attempt.current = undefined
        setProblem(undefined)
        if (!latest.current.gone) latest.current.onDone(output, input)
      })
      .catch((cause: unknown) => {
        const refusal = isProblem(cause) ? cause.problem : failed
        if (!isOpen(refusal)) attempt.current = undefined
        setProblem(refusal)
      })
      .finally(() => setBusy(false))
  }, [])
  const clear = useCallback(() => setProblem(undefined), [])
  return { start, busy, problem, clear }
}
