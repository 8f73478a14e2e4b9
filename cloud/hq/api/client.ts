import { createApi } from '@gatehouse/shared/ui/api.ts'

/** The cloud's API as HQ calls it. */
export const api = createApi({ baseUrl: '/api/v1' })
