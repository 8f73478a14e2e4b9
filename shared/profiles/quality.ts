import { z } from 'zod'

/**
 * What a driver, or one model on it, has to show before somebody relies on it: published examples decoded, a simulated twin
 * over a real transport, one contract suite for every implementation, bad input, lost links, and real hardware on a bench.
 */
export const qualityRules = ['examples', 'simulator', 'contract', 'badInput', 'linkLoss', 'bench'] as const
export type QualityRule = (typeof qualityRules)[number]

/** How far one rule is kept; the comment says what shows it, what is missing, or why it does not apply. */
const ratingSchema = z.strictObject({
  status: z.enum(['done', 'todo', 'exempt']),
  comment: z.string().min(1).max(300),
})

/** Ratings of one model where it differs from its driver. */
export const modelQualitySchema = z.partialRecord(z.enum(qualityRules), ratingSchema)

/** A file `firmware-profiles/drivers/<driver>.json`: what the driver speaks, and every rule rated. */
export const driverQualitySchema = z.strictObject({
  about: z.string().min(1).max(300),
  quality: z.record(z.enum(qualityRules), ratingSchema),
})
export type DriverQuality = z.infer<typeof driverQualitySchema>
