import { describe, expect, it } from 'vitest'
import { mayAtSite, type Permission, permissions, permittedSites, type Role, roles } from './permissions.ts'

type Verdict = 'everywhere' | 'own sites only' | 'nowhere'
const expected: Record<Role, Record<Permission, Verdict>> = {
  member: {
    'sites.read': 'everywhere',
    'bookings.own': 'everywhere',
    'live.listen': 'everywhere',
    'hq.overview': 'nowhere',
    'hq.site': 'nowhere',
    'hq.access': 'nowhere',
    'doors.command': 'nowhere',
    'hq.ledger': 'nowhere',
    'hq.reconciliation': 'nowhere',
    'hq.hours': 'nowhere',
    'hq.audit': 'nowhere',
    'hq.exceptions': 'nowhere',
    'hq.settle_exceptions': 'nowhere',
    'sites.recover': 'nowhere',
    'loans.release': 'nowhere',
    'sites.settings': 'nowhere',
    'hq.credits': 'nowhere',
    'hq.move_credits': 'nowhere',
  },
  site_manager: {
    'sites.read': 'everywhere',
    'bookings.own': 'everywhere',
    'live.listen': 'everywhere',
    'hq.overview': 'own sites only',
    'hq.site': 'own sites only',
    'hq.access': 'own sites only',
    'doors.command': 'own sites only',
    'hq.ledger': 'own sites only',
    'hq.reconciliation': 'own sites only',
    'hq.hours': 'own sites only',
    'hq.audit': 'own sites only',
    'hq.exceptions': 'own sites only',
    'hq.settle_exceptions': 'nowhere',
    'sites.recover': 'nowhere',
    'loans.release': 'own sites only',
    'sites.settings': 'own sites only',
    'hq.credits': 'own sites only',
    'hq.move_credits': 'nowhere',
  },
  hq: {
    'sites.read': 'everywhere',
    'bookings.own': 'everywhere',
    'live.listen': 'everywhere',
    'hq.overview': 'everywhere',
    'hq.site': 'everywhere',
    'hq.access': 'everywhere',
    'doors.command': 'everywhere',
    'hq.ledger': 'everywhere',
    'hq.reconciliation': 'everywhere',
    'hq.hours': 'everywhere',
    'hq.audit': 'everywhere',
    'hq.exceptions': 'everywhere',
    'hq.settle_exceptions': 'everywhere',
    'sites.recover': 'everywhere',
    'loans.release': 'everywhere',
    'sites.settings': 'everywhere',
    'hq.credits': 'everywhere',
    'hq.move_credits': 'everywhere',
  },
}

function verdict(role: Role, permission: Permission): Verdict {
  const login = { role, managedSiteIds: ['mine'] }
  if (mayAtSite(login, permission, 'other')) return 'everywhere'
  return mayAtSite(login, permission, 'mine') ? 'own sites only' : 'nowhere'
}

describe('the role × permission matrix', () => {
  for (const role of roles) {
    for (const permission of permissions) {
      it(`${role} may ${permission}: ${expected[role][permission]}`, () => {
        expect(verdict(role, permission)).toBe(expected[role][permission])
      })
    }
  }

  it('gives a site manager without sites an empty list, not everything', () => {
    expect(permittedSites({ role: 'site_manager', managedSiteIds: [] }, 'hq.overview')).toEqual([])
  })
})
