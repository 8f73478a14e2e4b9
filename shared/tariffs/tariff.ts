import { z } from 'zod'

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)

/** One step: `amountMinor` per started `unitMinutes`, for the first `forMinutes` of the band (absent: for the rest). */
const stepSchema = z.object({
  forMinutes: z.int().min(1).optional(),
  unitMinutes: z.int().min(1),
  amountMinor: z.int().min(0),
})

/** A band applies on its weekdays (1 = Monday) inside its wall-clock window `[from, to)`. */
const bandSchema = z.object({
  label: z.string(),
  weekdays: z.array(z.int().min(1).max(7)).min(1),
  from: wallTime,
  to: wallTime,
  steps: z.array(stepSchema).min(1),
})

/** A tariff as data (RULES, Parking). Amounts are minor units with tax included. */
export const tariffSchema = z.object({
  name: z.string(),
  version: z.int().min(1),
  currency: z.string().length(3),
  taxRatePercent: z.number().min(0).max(100),
  /** The first minutes that cost nothing when the stay ends within them; both inclusive. */
  freeMinutes: z.int().min(0),
  bands: z.array(bandSchema).min(1),
  /** The most that any 24 hours counted from the start may cost. */
  rolling24hCapMinor: z.int().min(0).optional(),
  lostTicketMinor: z.int().min(0).optional(),
})
export type Tariff = z.infer<typeof tariffSchema>
