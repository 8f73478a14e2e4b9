import { openReaderKeys } from '@gatehouse/edge/site/reader-key-file'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { DemoSite } from '../demo-sites.ts'

/**
 * Gives the edge the keys that its simulated readers got on the bench, before it starts; one that it has already stays, with
 * what it pinned. Throws `keys_refused` when the disk does not take them.
 */
export function keyReaders(store: string, { callers }: Pick<DemoSite, 'callers'>): void {
  const refused = () =>
    new SiteError({
      code: 'keys_refused',
      op: 'demo.readers',
      hint: `${store} takes no keys.`,
      retryable: false,
    })
  const keys = openReaderKeys(store, () => undefined)
  for (const [deviceId, key] of callers.readerKeys) {
    const known = keys.read(deviceId)?.key
    if (known !== undefined && Buffer.from(known).equals(key)) continue
    if (!keys.write(deviceId, { key })) throw refused()
  }
}
