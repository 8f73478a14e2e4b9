import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import type { PlateRead } from '../ports/plate-camera.ts'

/** Readings taken from one message; a camera that sends more is broken. */
const resultsMax = 20
const candidatesMax = 10
const bodyCharactersMax = 1_000_000

const scoreSchema = z.number().min(0).max(1)
const plateSchema = z.string().min(1).max(20)

// Source: Plate Recognizer Stream, "Output formats", webhook `recognition`; plates come in lower case.
const bodySchema = z.object({
  hook: z.object({ id: z.string().optional(), event: z.string().optional() }).optional(),
  data: z.object({
    camera_id: z.string().min(1).max(100),
    timestamp: z.string().optional(),
    results: z
      .array(
        z.object({
          plate: plateSchema,
          score: scoreSchema,
          candidates: z.array(z.object({ plate: plateSchema, score: scoreSchema.optional() })).nullish(),
          vehicle: z.object({ type: z.string().max(60).nullish() }).nullish(),
          direction: z.union([z.string().max(40), z.number()]).nullish(),
        }),
      )
      .max(resultsMax),
  }),
})

/** Why a camera's message was refused. `at` names the field. */
export type PlateRefusal =
  | { readonly code: 'not_json' }
  | { readonly code: 'missing_field' | 'wrong_field'; readonly at: string }
  | { readonly code: 'no_plate' }

/**
 * Reads a Plate Recognizer Stream message: a parsed JSON body, or the text of the multipart field `json`.
 * `nowMs` stands in when the camera sent no readable time. Plates come out upper case without separators; readings
 * that hold no letter or digit are left out.
 */
export function parsePlateRecognizer(body: unknown, nowMs: number): Result<PlateRead[], PlateRefusal> {
  const json = typeof body === 'string' ? parseText(body) : body
  if (typeof json !== 'object' || json === null) return err({ code: 'not_json' })
  const parsed = bodySchema.safeParse(json)
  if (!parsed.success) return err(refusalOf(json, parsed.error))
  const { camera_id: cameraId, timestamp, results } = parsed.data.data
  const saidMs = timestamp === undefined ? Number.NaN : Date.parse(timestamp)
  const capturedMs = Number.isFinite(saidMs) ? saidMs : nowMs
  const reads = results.flatMap((result): PlateRead[] => {
    const plate = normalisePlate(result.plate)
    if (plate === '') return []
    const candidates = (result.candidates ?? [])
      .map((candidate) => ({ plate: normalisePlate(candidate.plate), score: candidate.score ?? 0 }))
      .filter((candidate) => candidate.plate !== '' && candidate.plate !== plate)
      .sort((a, b) => b.score - a.score)
      .slice(0, candidatesMax)
    const vehicleType = result.vehicle?.type
    const direction =
      result.direction === null || result.direction === undefined ? '' : String(result.direction)
    return [
      {
        plate,
        score: result.score,
        candidates,
        ...(vehicleType ? { vehicleType } : {}),
        ...(direction === '' ? {} : { direction }),
        capturedMs,
        arrivalKey: `${cameraId}/${timestamp ?? nowMs}/${plate}`,
      },
    ]
  })
  return reads.length === 0 ? err({ code: 'no_plate' }) : ok(reads)
}

/** Writes a plate in the one form in which plates are compared: upper case letters and digits. */
export function normalisePlate(plate: string): string {
  return plate
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function parseText(text: string): unknown {
  if (text.length > bodyCharactersMax) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusalOf(json: object, error: z.ZodError): PlateRefusal {
  const path = error.issues[0]?.path ?? []
  let value: unknown = json
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key]
  return { code: value === undefined ? 'missing_field' : 'wrong_field', at: path.join('.') }
}
