import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Anchor } from '@mantine/core'
import { createRootRoute, createRoute, createRouter, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { z } from 'zod'
import { AccessScreen } from './access/access-screen.tsx'
import { accessSearch, incidentSearch } from './access/search.ts'
import { AccountScreen } from './account/account-screen.tsx'
import { AuditScreen } from './audit/audit-screen.tsx'
import { auditSearchSchema } from './audit/queries.ts'
import { AuthorityScreen } from './authority/authority-screen.tsx'
import { CreditsScreen } from './credits/credits-screen.tsx'
import { creditSearchSchema } from './credits/queries.ts'
import { DoorsScreen } from './doors/doors-screen.tsx'
import { ExceptionsScreen } from './exceptions/exceptions-screen.tsx'
import { caseSearchSchema } from './exceptions/queries.ts'
import { HqFrame } from './frame/hq-frame.tsx'
import { IncidentsScreen } from './incidents/incidents-screen.tsx'
import { OverviewScreen } from './overview/overview-screen.tsx'
import { ReconciliationScreen } from './reconciliation/reconciliation-screen.tsx'
import { SettingsScreen } from './settings/settings-screen.tsx'
import { KnownSite } from './site/known-site.tsx'
import { SiteScreen } from './site/site-screen.tsx'
import { useWords } from './words/words.ts'

const number = z.number().optional().catch(undefined)
const ledgerSearch = z.object({
  type: z.string().optional().catch(undefined),
  before: number,
  incarnation: number,
  entry: number,
})

const ofSite = (Screen: () => ReactNode) => () => (
  <KnownSite>
    <Screen />
  </KnownSite>
)

function Missing(): ReactNode {
  const t = useWords()
  return (
    <Notice
      title={t('missing.title')}
      action={<Anchor renderRoot={(props) => <Link to="/" {...props} />}>{t('site.back')}</Anchor>}
    />
  )
}

const root = createRootRoute({ component: HqFrame, notFoundComponent: Missing })
const overview = createRoute({ getParentRoute: () => root, path: '/', component: OverviewScreen })
const books = createRoute({ getParentRoute: () => root, path: '/books', component: ReconciliationScreen })
const credits = createRoute({
  getParentRoute: () => root,
  path: '/credits',
  component: CreditsScreen,
  validateSearch: (search) => creditSearchSchema.parse(search),
})
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: AuditScreen,
  validateSearch: (search) => auditSearchSchema.parse(search),
})
const exceptions = createRoute({
  getParentRoute: () => root,
  path: '/exceptions',
  component: ExceptionsScreen,
  validateSearch: (search) => caseSearchSchema.parse(search),
})
const access = createRoute({
  getParentRoute: () => root,
  path: '/access',
  component: AccessScreen,
  validateSearch: (search) => accessSearch.parse(search),
})
const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  component: IncidentsScreen,
  validateSearch: (search) => incidentSearch.parse(search),
})
const account = createRoute({ getParentRoute: () => root, path: '/account', component: AccountScreen })
const site = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId',
  component: ofSite(SiteScreen),
  validateSearch: (search) => ledgerSearch.parse(search),
})

const doors = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId/doors',
  component: ofSite(DoorsScreen),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId/settings',
  component: ofSite(SettingsScreen),
})
const authority = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId/authority',
  component: ofSite(AuthorityScreen),
})

/** Every page of HQ under `/hq`. */
export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    books,
    credits,
    exceptions,
    access,
    incidents,
    audit,
    account,
    site,
    doors,
    authority,
    settings,
  ]),
  basepath: '/hq',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
