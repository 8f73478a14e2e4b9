/** Who somebody is to Gatehouse; set by an operator, never by the person. */
export const roles = ['member', 'site_manager', 'hq'] as const
export type Role = (typeof roles)[number]

/** Everything an API of the cloud may ask for. */
export const permissions = [
  'sites.read',
  'bookings.own',
  'live.listen',
  'hq.overview',
  'hq.site',
  'hq.access',
  'doors.command',
  'hq.ledger',
  'hq.reconciliation',
  'hq.hours',
  'hq.audit',
  'hq.exceptions',
  'hq.settle_exceptions',
  'sites.recover',
  'loans.release',
  'sites.settings',
  'hq.credits',
  'hq.move_credits',
] as const
export type Permission = (typeof permissions)[number]

/** How far a permission reaches: every site, only the sites somebody manages, or nowhere. */
export type Reach = 'all' | 'own_sites' | 'none'

/** The role × permission matrix; a missing cell does not compile. */
export const permissionMatrix: Readonly<Record<Role, Readonly<Record<Permission, Reach>>>> = {
  member: {
    'sites.read': 'all',
    'bookings.own': 'all',
    'live.listen': 'all',
    'hq.overview': 'none',
    'hq.site': 'none',
    'hq.access': 'none',
    'doors.command': 'none',
    'hq.ledger': 'none',
    'hq.reconciliation': 'none',
    'hq.hours': 'none',
    'hq.audit': 'none',
    'hq.exceptions': 'none',
    'hq.settle_exceptions': 'none',
    'sites.recover': 'none',
    'loans.release': 'none',
    'sites.settings': 'none',
    'hq.credits': 'none',
    'hq.move_credits': 'none',
  },
  site_manager: {
    'sites.read': 'all',
    'bookings.own': 'all',
    'live.listen': 'all',
    'hq.overview': 'own_sites',
    'hq.site': 'own_sites',
    'hq.access': 'own_sites',
    'doors.command': 'own_sites',
    'hq.ledger': 'own_sites',
    'hq.reconciliation': 'own_sites',
    'hq.hours': 'own_sites',
    'hq.audit': 'own_sites',
    'hq.exceptions': 'own_sites',
    'hq.settle_exceptions': 'none',
    'sites.recover': 'none',
    'loans.release': 'own_sites',
    'sites.settings': 'own_sites',
    'hq.credits': 'own_sites',
    'hq.move_credits': 'none',
  },
  hq: {
    'sites.read': 'all',
    'bookings.own': 'all',
    'live.listen': 'all',
    'hq.overview': 'all',
    'hq.site': 'all',
    'hq.access': 'all',
    'doors.command': 'all',
    'hq.ledger': 'all',
    'hq.reconciliation': 'all',
    'hq.hours': 'all',
    'hq.audit': 'all',
    'hq.exceptions': 'all',
    'hq.settle_exceptions': 'all',
    'sites.recover': 'all',
    'loans.release': 'all',
    'sites.settings': 'all',
    'hq.credits': 'all',
    'hq.move_credits': 'all',
  },
}

/** Who is logged in, as every API sees it. */
export interface Login {
  readonly userId: string
  readonly email: string
  readonly displayName: string
  readonly role: Role
  readonly memberId?: string
  /** The sites a site manager runs; empty for others. */
  readonly managedSiteIds: readonly string[]
}

/** The sites a permission covers for somebody: `'all'`, a list, or `undefined` when it is not theirs at all. */
export function permittedSites(
  login: Pick<Login, 'role' | 'managedSiteIds'>,
  permission: Permission,
): 'all' | readonly string[] | undefined {
  const reach = permissionMatrix[login.role][permission]
  if (reach === 'none') return undefined
  return reach === 'all' ? 'all' : login.managedSiteIds
}

/** Tells whether somebody may use a permission at one site. */
export function mayAtSite(
  login: Pick<Login, 'role' | 'managedSiteIds'>,
  permission: Permission,
  siteId: string,
): boolean {
  const sites = permittedSites(login, permission)
  return sites === 'all' || (sites?.includes(siteId) ?? false)
}
