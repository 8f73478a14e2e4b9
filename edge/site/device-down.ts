import type { DeviceStatus } from '../devices/hub-contract.ts'

/**
 * Whether a device is missed. One that calls the site counts as down only once it has been there: nobody misses
 * an unopened screen. A sensor that was never heard since the site started is not heard yet, not down, until its
 * own silence limit has passed.
 */
export function isDown(
  { online, awaited, heardMs }: Pick<DeviceStatus, 'online' | 'awaited' | 'heardMs'>,
  callsUs: boolean,
): boolean {
  if (online || awaited === true) return false
  return !callsUs || heardMs !== undefined
}
