import { useMatchRoute } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AppFrame } from './app-frame.tsx'
import { GuestFrame } from './guest-frame.tsx'

/** What stands around a page: a guest's needs no log-in. */
export function Frame(): ReactNode {
  const matches = useMatchRoute()
  return matches({ to: '/guest' }) ? <GuestFrame /> : <AppFrame />
}
