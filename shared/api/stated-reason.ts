import { z } from 'zod'

/** Fewest and most characters of a reason that somebody states for the record. */
export const statedReason = { charactersMin: 10, charactersMax: 500 } as const

/** Such a reason in a request, without the blanks around it. */
export const statedReasonSchema = z
  .string()
  .trim()
  .min(statedReason.charactersMin)
  .max(statedReason.charactersMax)
