import { Outlet, useMatchRoute } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AppFrame } from './app-frame.tsx'
import { PageFrame } from './page-frame.tsx'

/** What stands around a page: a guest's needs no log-in. */
export function Frame(): ReactNode {
  const matches = useMatchRoute()
  if (!matches({ to: '/guest' })) return <AppFrame />
  return (
    <PageFrame>
      <Outlet />
    </PageFrame>
  )
}
