import { type SiteSettings, siteSettingsViewSchema } from '@gatehouse/shared/api/site-settings-view'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'

const of = (siteId: string) => `/hq/sites/${encodeURIComponent(siteId)}/settings`

/** The settings of a site. */
export const settingsQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['settings', siteId],
    queryFn: ({ signal }) => api.get(of(siteId), siteSettingsViewSchema, signal),
  })

/** Changes the settings that were read as `rev`. */
export const changeSettings = (siteId: string, rev: number, settings: SiteSettings) =>
  api.post(of(siteId), { rev, settings }, siteSettingsViewSchema)
