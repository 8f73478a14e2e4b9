import { z } from 'zod'

/** What the supervisor tells a program of the demo over its IPC channel. */
export const toChildSchema = z.discriminatedUnion('kind', [
  /** The program's test clock runs this many milliseconds ahead of the machine's. */
  z.object({ kind: z.literal('setClock'), offsetMs: z.number() }),
  /** Whether the program reaches its card gateway. */
  z.object({ kind: z.literal('setGateway'), up: z.boolean() }),
  z.object({ kind: z.literal('stop') }),
])
export type ToChild = z.infer<typeof toChildSchema>

/** What a program of the demo tells the supervisor. */
export const fromChildSchema = z.discriminatedUnion('kind', [
  /** `codes`: enrolment codes by site, from the cloud. */
  z.object({ kind: z.literal('ready'), codes: z.record(z.string(), z.string()).optional() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])
export type FromChild = z.infer<typeof fromChildSchema>
