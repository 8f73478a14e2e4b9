import type { SiteId } from '../ids/ids.ts'
import { randomCode } from '../ids/ids.ts'
import type { Random } from '../random/random.ts'

/** Draws a reference that a person can read aloud, such as `HH-7Q2M4`: the site's initials and 25 random bits. */
export function newReference(siteId: SiteId, random: Random): string {
  const initials = siteId
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('')
    .slice(0, 3)
  return `${initials || 'GH'}-${randomCode(random, 5)}`
}

/** Reads a reference as people type it: any case, spaces, and the look-alikes O, I and L of Crockford base 32. */
export function normalReference(typed: string): string {
  const compact = typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const code = compact.slice(-5).replace(/O/g, '0').replace(/[IL]/g, '1')
  return `${compact.slice(0, -5)}-${code}`
}

const codeStart = 'GHB'
const compactReference = /^[A-Z]{1,3}[0-9A-Z]{5}$/

/** The text of a reference's QR code: letters and digits only, because some scanners type other signs wrongly. */
export function referenceCode(reference: string): string {
  return codeStart + reference.replace(/[^A-Z0-9]/g, '')
}

/** The reference that a scanned text names; `undefined` when it is the code of something else. */
export function referenceOfCode(text: string): string | undefined {
  if (!text.startsWith(codeStart)) return undefined
  const compact = text.slice(codeStart.length)
  return compactReference.test(compact) ? normalReference(compact) : undefined
}
