import { createHmac } from 'node:crypto'

/**
 * The digest under which a site knows a card number, a PIN or a normalised plate: HMAC-SHA-256 hex under the site's own key.
 * A 26-bit card or a short PIN can be enumerated by whoever holds the key; the key never leaves the site.
 */
export function credentialDigest(siteKey: string, kind: 'card' | 'pin' | 'plate', secret: string): string {
  const normal = kind === 'pin' ? secret.trim() : secret.trim().toUpperCase()
  return createHmac('sha256', Buffer.from(siteKey, 'base64url')).update(`${kind}:${normal}`).digest('hex')
}
