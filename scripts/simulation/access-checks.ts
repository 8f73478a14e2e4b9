import type { CommittedEntry } from './chain-memory.ts'
import type { SiteMachine } from './site-machine.ts'

/** No door opens for a card or a pass that the site knows to be revoked; call it right after the commit. */
export function checkAccess({ life }: SiteMachine, fresh: readonly CommittedEntry[]): string | undefined {
  const directory = life?.site.directory
  if (!directory) return undefined
  for (const { type, body, originHash } of fresh) {
    if (type !== 'access.granted' || originHash !== undefined) continue
    const name = String(body.credentialId)
    if (body.pass !== undefined) {
      if (directory.get('pass_revocation', name))
        return `opened ${body.doorId} by ${name}, a pass that was taken back`
    } else if (directory.get('credential', name)?.revoked !== false) {
      return `opened ${body.doorId} by ${name}, a card that is not in force`
    }
  }
  return undefined
}
