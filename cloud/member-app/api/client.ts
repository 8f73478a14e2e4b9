import { createApi } from '@gatehouse/shared/ui/api.ts'

/** The cloud's API as the member app calls it. */
export const api = createApi({ baseUrl: '/api/v1' })
