import { z } from 'zod'
import { passIdSchema } from '../../ids/ids.ts'

const wallMs = z.int().min(0)

/** A key that the cloud signs passes with (the row's key is its key id); its row stays 30 days after its use. */
export const passKeySchema = z.object({
  /** Ed25519, JWK `x`. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** Passes issued from here on may carry it; it is announced at least 30 days before. */
  useFromMs: wallMs,
  /** Absent while no end is set. */
  useToMs: wallMs.optional(),
})

/** A pass that opens nothing any more (the row's key is its pass id); the row may go when the pass has run out. */
export const passRevocationSchema = z.object({ revokedMs: wallMs, toMs: wallMs })

/** A pass that was shown and believed; its use is kept in `slot` until the pass runs out. */
export const shownPassSchema = z.object({
  passId: passIdSchema,
  kind: z.enum(['booking', 'member', 'guest', 'ticket', 'receipt']),
  /** When it was signed: what it says was known then. */
  issuedMs: wallMs,
  toMs: wallMs,
  slot: z.enum(['any', 'in', 'out']),
  /** Of the presentation; 0 for paper. */
  window: z.int().min(0),
})
export type ShownPass = z.infer<typeof shownPassSchema>
