import { createHmac } from 'node:crypto'

/**
 * The digest under which a site knows a card number or a PIN: HMAC-SHA-256 hex under the site's own key.
 * A 26-bit card or a short PIN can be enumerated by whoever holds the key; the key never leaves the site.
 */
export function credentialDigest(siteKey: string, kind: 'card' | 'pin', secret: string): string {
  const normal = kind === 'card' ? secret.trim().toUpperCase() : secret.trim()
  return createHmac('sha256', Buffer.from(siteKey, 'base64url')).update(`${kind}:${normal}`).digest('hex')
}
