import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
  type RouterHistory,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Board } from './board/board.tsx'
import { Book } from './flows/book/book.tsx'
import { CheckIn } from './flows/check-in/check-in.tsx'
import { Parking } from './flows/parking/parking.tsx'
import { PassFlow } from './flows/pass/pass.tsx'
import { ShownReceipt } from './flows/receipt/shown-receipt.tsx'
import { IdleGuard } from './frame/idle-guard.tsx'
import { KioskFrame } from './frame/kiosk-frame.tsx'
import { Help } from './help/help.tsx'
import { Home } from './home/home.tsx'
import { Scanner } from './scanner/scanner.tsx'
import type { Pairing } from './site/pairing.ts'
import { SiteProvider } from './site/site-context.tsx'
import { Unpaired, Waiting } from './site/standing-by.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: () => <Navigate to="/" /> })

function Kiosk(props: { readonly pairing: Pairing }): ReactNode {
  return (
    <SiteProvider
      unpaired={<Unpaired pairing={props.pairing} />}
      waiting={(failed) => <Waiting failed={failed} />}
    >
      <KioskFrame>
        <Scanner>
          <Outlet />
        </Scanner>
      </KioskFrame>
    </SiteProvider>
  )
}

function Flow(): ReactNode {
  return (
    <IdleGuard>
      <Outlet />
    </IdleGuard>
  )
}

/** The kiosk's pages and the board; `pairing` is what came of the link it was opened with. */
export function createKioskRouter(pairing: Pairing, history?: RouterHistory) {
  const kiosk = createRoute({
    getParentRoute: () => root,
    id: 'kiosk',
    component: () => <Kiosk pairing={pairing} />,
  })
  const flow = createRoute({ getParentRoute: () => kiosk, id: 'flow', component: Flow })
  const at = <Path extends string>(path: Path, component: () => ReactNode) =>
    createRoute({ getParentRoute: () => flow, path, component })
  const routeTree = root.addChildren([
    kiosk.addChildren([
      createRoute({ getParentRoute: () => kiosk, path: '/', component: Home }),
      flow.addChildren([
        at('/book', Book),
        at('/check-in', CheckIn),
        at('/parking', Parking),
        at('/pass', PassFlow),
        at('/receipt', ShownReceipt),
        at('/help', Help),
      ]),
    ]),
    createRoute({ getParentRoute: () => root, path: '/board', component: Board }),
  ])
  return createRouter({ routeTree, ...(history ? { history } : {}) })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createKioskRouter>
  }
}
