import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Anchor } from '@mantine/core'
import { createRootRoute, createRoute, createRouter, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { z } from 'zod'
import { AccountScreen } from './account/account-screen.tsx'
import { BookingScreen } from './bookings/booking-screen.tsx'
import { BookingsScreen } from './bookings/bookings-screen.tsx'
import { FindScreen } from './find/find-screen.tsx'
import { Frame } from './frame/frame.tsx'
import { GuestScreen } from './guest/guest-screen.tsx'
import { BookingPassScreen, SitePassScreen } from './pass/pass-screen.tsx'
import { SiteScreen } from './site/site-screen.tsx'
import { SpaceScreen } from './space/space-screen.tsx'
import { useWords } from './words/words.ts'

const word = z.coerce.string().optional().catch(undefined)
const findSearch = z.object({
  text: word,
  kind: z.enum(['coworking', 'parking']).optional().catch(undefined),
  near: z.boolean().optional().catch(undefined),
})
const whenSearch = z.object({ date: word, from: word, minutes: z.number().optional().catch(undefined) })
const siteSearch = whenSearch.extend({
  level: word,
  view: z.enum(['plan', 'list']).optional().catch(undefined),
  has: z.array(z.coerce.string()).max(20).optional().catch(undefined),
})

function Missing(): ReactNode {
  const t = useWords()
  return (
    <Notice
      title={t('missing.title')}
      action={<Anchor renderRoot={(props) => <Link to="/" {...props} />}>{t('missing.home')}</Anchor>}
    />
  )
}

const root = createRootRoute({ component: Frame, notFoundComponent: Missing })
const find = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: FindScreen,
  validateSearch: (search) => findSearch.parse(search),
})
const site = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId',
  component: SiteScreen,
  validateSearch: (search) => siteSearch.parse(search),
})
const space = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId/spaces/$spaceId',
  component: SpaceScreen,
  validateSearch: (search) => whenSearch.parse(search),
})
const bookings = createRoute({ getParentRoute: () => root, path: '/bookings', component: BookingsScreen })
const booking = createRoute({
  getParentRoute: () => root,
  path: '/bookings/$bookingId',
  component: BookingScreen,
})
const bookingPass = createRoute({
  getParentRoute: () => root,
  path: '/bookings/$bookingId/pass',
  component: BookingPassScreen,
})
const sitePass = createRoute({
  getParentRoute: () => root,
  path: '/sites/$siteId/pass',
  component: SitePassScreen,
})
const guest = createRoute({ getParentRoute: () => root, path: '/guest', component: GuestScreen })
const account = createRoute({ getParentRoute: () => root, path: '/account', component: AccountScreen })

/** Every page of the member app under `/app`. */
export const router = createRouter({
  routeTree: root.addChildren([find, site, space, bookings, booking, bookingPass, sitePass, guest, account]),
  basepath: '/app',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
