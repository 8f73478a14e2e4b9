import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Context } from 'hono'
import type { AppEnv } from '../http/app-context.ts'
import { idempotencyKey } from '../http/idempotency.ts'
import type { ActOrigin } from './act.ts'

/** The origin of what a logged-in user does through the API; only behind `requireLogin`. */
export function requestOrigin(context: Context<AppEnv>, clock: Clock): ActOrigin {
  const { userId, role } = context.get('login')
  return {
    actor: { kind: 'user', id: userId, role },
    nowMs: clock.now().wallMs,
    traceId: context.get('traceId'),
    address: context.get('address'),
    ...(context.req.method === 'POST' && { key: idempotencyKey(context) }),
  }
}
