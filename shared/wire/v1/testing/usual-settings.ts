import type { DirectoryBody } from '../directory.ts'

const minuteMs = 60_000

/** What RULES gives where a site has set nothing else. */
export const usualSettings: DirectoryBody<'site'>['settings'] = {
  holdMs: 5 * minuteMs,
  checkInEarlyMs: 15 * minuteMs,
  checkInGraceMs: 15 * minuteMs,
  unlockEarlyMs: 15 * minuteMs,
  unlockLateMs: 15 * minuteMs,
  entryGraceMs: 10 * minuteMs,
  exitGraceMs: 15 * minuteMs,
  fullAtFree: 2,
  reopenAtFree: 5,
  memberOfflineMs: 30 * 24 * 60 * minuteMs,
  heldOpenMs: 30_000,
}
