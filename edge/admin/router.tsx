import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  type RouterHistory,
} from '@tanstack/react-router'
import { DevicesScreen } from './devices/devices-screen.tsx'
import { AdminFrame } from './frame/admin-frame.tsx'
import { InsideScreen } from './inside/inside-screen.tsx'

const root = createRootRoute({ component: AdminFrame, notFoundComponent: () => <Navigate to="/" /> })

/** The pages of the site's admin, below `/admin`. */
export function createAdminRouter(history?: RouterHistory) {
  const routeTree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: DevicesScreen }),
    createRoute({ getParentRoute: () => root, path: '/inside', component: InsideScreen }),
  ])
  return createRouter({ routeTree, basepath: '/admin', ...(history ? { history } : {}) })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAdminRouter>
  }
}
