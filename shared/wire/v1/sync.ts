import { z } from 'zod'
import { siteIdSchema } from '../../ids/ids.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
export const headSchema = z.object({ seq: z.int().min(0), hash })
const machineMarkSchema = z.string().regex(/^[0-9a-f]{64}$/)

/** Answer header of every append: `<seq>:<hash>`, the cloud's head and the only acknowledgement. */
export const headHeader = 'Gatehouse-Head'

export const enrolRequestSchema = z.object({
  code: z.string().min(6).max(64),
  /** Ed25519 public key as a JWK `x` value (base64url, 32 bytes). */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  machine: z.string().min(1).max(128),
  /** A digest that stays with the hardware, not with the disk; tells a restored box from a copied one. */
  machineMark: machineMarkSchema.optional(),
  /** The site that the person at the box means; another one is refused before the code is used. */
  siteId: siteIdSchema.optional(),
  /** The box takes over the books of the life before; needs a code that was made for it. */
  adopts: z.boolean().optional(),
})
export type EnrolRequest = z.infer<typeof enrolRequestSchema>

/** A life whose books the new one takes over, up to its last entry. */
const lifeSchema = z.object({ incarnation: z.int().min(1), head: headSchema })
export type PastLife = z.infer<typeof lifeSchema>

export const enrolAnswerSchema = z.object({
  siteId: siteIdSchema,
  incarnation: z.int().min(1),
  /** Ed25519 public key of the cloud, pinned by the edge (JWK `x`). */
  cloudPublicKey: z.string(),
  /** 32 bytes, base64url: keys the site's credential digests and directory row digests. */
  siteKey: z.string(),
  /** Present when the box takes over: the lives to fetch from the cloud, in order. */
  history: z.array(lifeSchema).optional(),
})
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>

export const handshakeRequestSchema = z.object({
  incarnation: z.int().min(1),
  head: headSchema,
  epoch: z.int().min(0),
  rev: z.int().min(0),
  version: z.string(),
  /** The head that the cloud acknowledged last, and in which epoch; a cloud that has not got it is not the same one. */
  acknowledged: headSchema.extend({ epoch: z.int().min(1) }).optional(),
  machineMark: machineMarkSchema.optional(),
  /** What the site holds at the cloud's head, told when the cloud's entry there is another one. */
  contradicts: headSchema.optional(),
  /** The last entry that the site pruned: it sends what came after it, and nothing before. */
  pruned: headSchema.optional(),
})
export type HandshakeRequest = z.infer<typeof handshakeRequestSchema>
export const handshakeAnswerSchema = z.object({
  /** The cloud's head of this incarnation's stream. */
  head: headSchema,
  epoch: z.int().min(1),
  cloudWallMs: z.int(),
  /** `continue`: upload from the cloud's head; `fenced`: another life of this site exists, report only. */
  verdict: z.enum(['continue', 'fork', 'edge_behind', 'fenced']),
})
export type HandshakeAnswer = z.infer<typeof handshakeAnswerSchema>

/** What the site says its books hold; the cloud compares it with sums over its own projected tables. */
export const siteSumsSchema = z.object({
  head: headSchema,
  entries: z.int().min(0),
  bookings: z.record(z.string(), z.int().min(0)),
  /** Sums of `payment.captured` minus `payment.refunded` per currency, minor units, per method. */
  takings: z.array(
    z.object({ currency: z.string(), method: z.string(), count: z.int(), amountMinor: z.int() }),
  ),
  sessions: z.object({ open: z.int(), departed: z.int(), voided: z.int() }),
})
export type SiteSums = z.infer<typeof siteSumsSchema>

export const heartbeatSchema = z.object({
  incarnation: z.int().min(1),
  version: z.string(),
  bootId: z.string(),
  monotonicMs: z.number(),
  wallMs: z.int(),
  clockQuality: z.enum(['trusted', 'untrusted']),
  /** Entries committed but not yet acknowledged by the cloud. */
  waiting: z.int().min(0),
  devicesDown: z.array(z.string()),
  selling: z.enum(['all', 'none']),
  directory: z.object({
    epoch: z.int(),
    rev: z.int(),
    /** Rows refused since the start: a wrong digest, an older position. */
    refused: z.int().min(0).optional(),
    /** Rows that this release cannot read, kept and in nobody's way, as `kind/key`; the first of them. */
    unreadable: z.array(z.string().max(300)).max(20).optional(),
    /** Rows that were refused and did not come right since, as `kind/key`, and why; the first of them. */
    refusedRows: z
      .array(z.object({ row: z.string().max(300), code: z.string().max(40) }))
      .max(20)
      .optional(),
  }),
  sums: siteSumsSchema,
})
export type Heartbeat = z.infer<typeof heartbeatSchema>

/** `fenced`: a newer life of this site exists; this one shakes hands again and stops selling. */
export const heartbeatAnswerSchema = z.object({ verdict: z.enum(['continue', 'fenced']) })
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>

/** Asks for the next life, because this one's books are older than its own past or another history. */
export const recoverRequestSchema = z.object({
  incarnation: z.int().min(1),
  head: headSchema,
  bootId: z.string().min(1).max(100),
  machine: z.string().min(1).max(128),
  machineMark: machineMarkSchema.optional(),
})
export type RecoverRequest = z.infer<typeof recoverRequestSchema>

/** `waiting`: a person must choose, `why` says for what reason. `granted`: fetch the history, then go on as that life. */
export const recoverAnswerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), why: z.string() }),
  z.object({ state: z.literal('refused') }),
  z.object({
    state: z.literal('granted'),
    identity: enrolAnswerSchema.omit({ history: true }),
    history: z.array(lifeSchema),
  }),
])
export type RecoverAnswer = z.infer<typeof recoverAnswerSchema>
