import { z } from 'zod'
import { api } from './kiosk-api.ts'

export type Pairing = 'unchanged' | 'paired' | 'refused'

/**
 * Trades the secret of a pairing link (`…/#key=SECRET`) for the device's cookie and takes it out of the address,
 * so that it is in no history and no picture of the screen. Without such a link nothing happens.
 */
export async function pairFromLink(): Promise<Pairing> {
  const secret = new URLSearchParams(window.location.hash.slice(1)).get('key')
  if (secret === null) return 'unchanged'
  window.history.replaceState(null, '', window.location.pathname + window.location.search)
  try {
    await api.post('/device-login', { secret }, z.unknown())
    return 'paired'
  } catch {
    return 'refused'
  }
}
