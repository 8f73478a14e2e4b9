import { z } from 'zod'

/** Who is logged in to a site's own admin, and where. */
export const staffViewSchema = z.object({
  displayName: z.string(),
  siteName: z.string(),
  timeZone: z.string(),
})
export type StaffView = z.infer<typeof staffViewSchema>
