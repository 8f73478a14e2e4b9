import { z } from 'zod'

/**
 * `GET /demo.json` of a cloud that runs in the demo: what the front door shows besides the product itself.
 * A production cloud answers 404. Addresses are absolute; all people and passwords in it are made up.
 */
export const demoContentSchema = z.object({
  /** The simulator panel. */
  panelUrl: z.string(),
  sites: z.array(
    z.object({
      siteId: z.string(),
      name: z.string(),
      kind: z.enum(['coworking', 'parking']),
      /** Opens the kiosk already paired. */
      kioskUrl: z.string(),
      /** The site's own admin, served by its edge. */
      adminUrl: z.string(),
      boardUrl: z.string(),
    }),
  ),
  logins: z.array(
    z.object({
      role: z.enum(['member', 'site_manager', 'hq']),
      displayName: z.string(),
      email: z.string(),
      password: z.string(),
      /** One more fact worth knowing, for example the plan. */
      note: z.object({ en: z.string(), de: z.string() }).optional(),
    }),
  ),
})
export type DemoContent = z.infer<typeof demoContentSchema>
