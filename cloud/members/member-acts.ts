import type { PlanId } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { type Act, changedFields, listed } from '../audit/act.ts'
import type { Transaction } from '../database/pool.ts'
import type { Member, NewCredential } from './member-store.ts'

/** The acts of writing plans; what is written again unchanged is none. Call it before they are written. */
export async function planActs(
  tx: Transaction,
  plans: readonly { readonly planId: PlanId; readonly body: DirectoryBody<'plan'> }[],
): Promise<readonly Act[]> {
  const { rows } = await tx.query<{ plan_id: string; body: object }>(
    'SELECT plan_id, body FROM plan WHERE plan_id = ANY ($1) ORDER BY plan_id FOR UPDATE',
    [plans.map(({ planId }) => planId)],
  )
  const known = new Map(rows.map((row) => [row.plan_id, row.body]))
  return plans.flatMap(({ planId, body }): Act[] => {
    const before = known.get(planId)
    const subject = { kind: 'plan', id: planId } as const
    if (before === undefined) return [{ act: 'plan.created', subject }]
    const fields = changedFields(before, body)
    return fields.length === 0 ? [] : [{ act: 'plan.changed', subject, after: { fields } }]
  })
}

interface MemberRow {
  readonly member_id: string
  readonly display_name: string
  readonly plan_id: string | null
  readonly plan_from_ms: number | null
  readonly plan_to_ms: number | null
}

/** The acts of writing members: names of the fields and ids of plans, never what somebody is called. */
export async function memberActs(tx: Transaction, members: readonly Member[]): Promise<readonly Act[]> {
  const { rows } = await tx.query<MemberRow>(
    `SELECT member_id, display_name, plan_id, plan_from_ms, plan_to_ms FROM member
     WHERE member_id = ANY ($1) ORDER BY member_id FOR UPDATE`,
    [members.map(({ memberId }) => memberId)],
  )
  const known = new Map(rows.map((row) => [row.member_id, row]))
  return members.flatMap((member): Act[] => {
    const before = known.get(member.memberId)
    const subject = { kind: 'member', id: member.memberId } as const
    const plan = planOf(member.planId)
    if (before === undefined) return [{ act: 'member.created', subject, after: plan }]
    const fields = changedFields(fieldsOf(before), {
      displayName: member.displayName,
      planId: member.planId ?? null,
      planFromMs: member.planFromMs ?? null,
      planToMs: member.planToMs ?? null,
    })
    if (fields.length === 0) return []
    const after = { fields, ...plan }
    return [{ act: 'member.changed', subject, before: planOf(before.plan_id ?? undefined), after }]
  })
}

function planOf(planId: string | undefined): { readonly planId: string } {
  return { planId: planId ?? 'none' }
}

function fieldsOf(row: MemberRow): object {
  const { display_name, plan_id, plan_from_ms, plan_to_ms } = row
  return { displayName: display_name, planId: plan_id, planFromMs: plan_from_ms, planToMs: plan_to_ms }
}

/** The acts of issuing credentials; one that every site knew in the same form before is none. */
export function credentialActs(
  credentials: readonly NewCredential[],
  inForce: ReadonlySet<string>,
  toldSites: ReadonlyMap<string, readonly string[]>,
): readonly Act[] {
  return credentials.flatMap(({ credentialId, memberId, kind }): Act[] => {
    const sites = toldSites.get(credentialId) ?? []
    if (inForce.has(credentialId) && sites.length === 0) return []
    const after = { memberId, kind, sites: sites.length, siteIds: listed(sites) }
    return [{ act: 'credential.issued', subject: { kind: 'credential', id: credentialId }, after }]
  })
}
