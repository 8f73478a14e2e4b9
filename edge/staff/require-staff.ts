import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { refuse } from '../http/problem.ts'
import type { StaffSession, StaffSessions } from './staff-sessions.ts'

declare module 'hono' {
  interface ContextVariableMap {
    staff: StaffSession
  }
}

/** The cookie of a login session; browsers share cookies between the ports of a host. */
export function staffCookie(url: string): string {
  return `gatehouse_staff_${new URL(url).port || 'default'}`
}

/** Who asks, by their cookie; `undefined` without a login session that lasts. */
export function staffOf(sessions: Pick<StaffSessions, 'find'>, c: Context): StaffSession | undefined {
  const token = getCookie(c, staffCookie(c.req.url))
  return token === undefined ? undefined : sessions.find(token, c.req.method !== 'GET')
}

/** Lets only those through who are logged in to the site's admin: 401 `staff_only`. */
export function requireStaff(sessions: Pick<StaffSessions, 'find'>): MiddlewareHandler {
  return async (c, next) => {
    const staff = staffOf(sessions, c)
    if (!staff) return refuse(c, { code: 'staff_only' })
    c.set('staff', staff)
    await next()
    return undefined
  }
}
