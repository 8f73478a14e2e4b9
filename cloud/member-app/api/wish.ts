import { isProblem, newIdempotencyKey, type ProblemError } from '@gatehouse/shared/ui/api.ts'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { z } from 'zod'
import { api } from './client.ts'

interface WishInput {
  readonly path: string
  readonly body: unknown
}

/**
 * Sends a change under one `Idempotency-Key` for as long as nobody answered it: pressing again after a lost
 * answer asks for the same thing, never for a second one. Any answer ends the wish.
 */
export function useWish<S extends z.ZodType>(schema: S, onDone: (answer: z.output<S>) => void) {
  const open = useRef<{ readonly wish: string; readonly key: string } | undefined>(undefined)
  const mutation = useMutation<z.output<S>, unknown, WishInput>({
    mutationFn: async ({ path, body }) => {
      const wish = JSON.stringify([path, body])
      if (open.current?.wish !== wish) open.current = { wish, key: newIdempotencyKey() }
      const answer = await api.post(path, body, schema, open.current.key)
      open.current = undefined
      return answer
    },
    onSuccess: onDone,
    onError: (error) => {
      if (isProblem(error) && error.problem.status !== 0) open.current = undefined
    },
  })
  const refusal: ProblemError | undefined = isProblem(mutation.error) ? mutation.error : undefined
  return { send: mutation.mutate, busy: mutation.isPending, refusal, forget: mutation.reset }
}
