import { SiteError } from '@gatehouse/shared/errors/site-error'
import { z } from 'zod'
import type { EdgeConfig } from '../config.ts'
import { readLocalSecret } from './local-secret.ts'

/** Asks the edge that runs on this machine for a consistent copy of its store; returns the path, to be removed after use. */
export async function copyFromRunningEdge({ http, dataFolder }: EdgeConfig): Promise<string> {
  const secret = readLocalSecret(dataFolder) ?? ''
  const host = http.host === '0.0.0.0' ? '127.0.0.1' : http.host
  const response = await fetch(`http://${host}:${http.port}/api/v1/local/copy`, {
    method: 'POST',
    // Asked once: whoever asks may stop the edge next.
    headers: { authorization: `Bearer ${secret}`, connection: 'close' },
  })
  if (!response.ok) {
    const hint = `The edge that holds the store answered ${response.status}; stop it and try again.`
    throw new SiteError({ code: 'copy_refused', op: 'store.copy', hint, retryable: true })
  }
  return z.object({ path: z.string() }).parse(await response.json()).path
}
