import { z } from 'zod'

/**
 * `GET …/hq/sites/{site}/restored-loans`: what a site lent to the cloud before it was restored from a backup. Nobody sells
 * there until the site has sent again what it keeps and no older pass is valid; times are epoch milliseconds.
 */
export const restoredLoansSchema = z.object({
  asOfMs: z.int(),
  epoch: z.int(),
  /** Loans in which nobody sells. */
  suspended: z.int(),
  /** Bookings in them that the cloud knows; they stand whatever is released. */
  sold: z.int(),
  /** Whether the site has sent again all that it keeps. */
  caughtUp: z.boolean(),
  /** When no pass of the time before can be valid any more; null in the first epoch. */
  passesOverMs: z.int().nullable(),
  /** Who released them early, when, and why; null when nobody did. */
  released: z.object({ byId: z.string(), atMs: z.int(), reason: z.string() }).nullable(),
  /** Whether the caller may release them early. */
  mayRelease: z.boolean(),
})
export type RestoredLoans = z.infer<typeof restoredLoansSchema>
