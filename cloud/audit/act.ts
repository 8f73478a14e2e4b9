import { type ChainHead, canonicalJson, sha256Hex } from '@gatehouse/shared/ledger/chain'

/** Everything an administrator, a machine or the cloud itself does that people must be able to look up later. */
export const actCodes = [
  'operator.created',
  'operator.renamed',
  'site.created',
  'site.enrolled',
  'site.adopted',
  'site.recovered',
  'site.recovery_decided',
  'site.fenced',
  'site.settings_changed',
  'loans.released_early',
  'ledger.gap_accepted',
  'enrolment_code.issued',
  'directory.changed',
  'plan.created',
  'plan.changed',
  'member.created',
  'member.changed',
  'credential.issued',
  'credential.revoked',
  'user.created',
  'user.changed',
  'role.changed',
  'password.changed',
  'site_password.changed',
  'epoch.renewed',
  'data.exported',
  'exception.taken',
  'exception.released',
  'exception.proposed',
  'exception.rejected',
  'exception.settled',
  'exception.reopened',
  'incident.acknowledged',
  'credits.funded',
  'credits.moved',
  'credits.asked_back',
  'credits.overdraft_set',
  'remote.unlock_asked',
  'remote.lockdown_asked',
  'remote.forgiveness_asked',
  'remote.release_asked',
] as const
export type ActCode = (typeof actCodes)[number]

/** What an act was done to. */
type SubjectKind =
  | 'operator'
  | 'site'
  | 'plan'
  | 'member'
  | 'credential'
  | 'user'
  | 'cloud'
  | 'export'
  | 'exception'
  | 'incident'
  | 'door'
  | 'credits'

/** Who acts: a logged-in user, a command on the cloud's machine, a machine that enrols, or the cloud itself. */
interface Actor {
  readonly kind: 'user' | 'command' | 'machine' | 'cloud'
  /** Of a user the user's id, of a command its name, of a machine the name it gave. */
  readonly id: string
  /** Of a user: the role at that moment. */
  readonly role?: string
}

/** Who acts, when and from where; every function that does an administrative act asks for it. */
export interface ActOrigin {
  readonly actor: Actor
  /** Epoch ms. */
  readonly nowMs: number
  /** 32 hexadecimal characters; acts of one request or one command share it. */
  readonly traceId?: string | undefined
  /** The caller's network address; absent for commands. */
  readonly address?: string | undefined
  /** The idempotency key of the request, under which `actOnce` does it once. */
  readonly key?: string | undefined
}

/** Ids, names of fields, settings of closed lists and counts. Never a name of a person, an address or a secret. */
export type ActDetail = Readonly<
  Record<string, string | number | boolean | readonly string[] | Readonly<Record<string, number>>>
>

/** An act to be recorded. */
export interface Act {
  readonly act: ActCode
  readonly subject: { readonly kind: SubjectKind; readonly id: string }
  /** Absent for what concerns every site. */
  readonly siteId?: string
  /** Absent for what concerns every operator; follows from the site where there is one. */
  readonly operatorId?: string | undefined
  readonly before?: ActDetail
  readonly after?: ActDetail
}

/** An act as it is stored: its place in the chain, its canonical text and the text's SHA-256. */
export interface SealedAct extends ChainHead {
  readonly record: string
}

const listedMax = 100

/** Continues the chain that ends in `head` with acts of one origin; hashes as in a site's ledger (RFC 8785). */
export function sealActs(head: ChainHead, origin: ActOrigin, acts: readonly Act[]): readonly SealedAct[] {
  const { actor, nowMs: occurredMs, traceId, address } = origin
  const context = { ...(traceId && { traceId }), ...(address && { address }) }
  let { seq, hash } = head
  return acts.map((act) => {
    seq += 1
    const record = canonicalJson({ ...act, ...context, seq, prev: hash, actor, occurredMs })
    hash = sha256Hex(record)
    return { seq, hash, record }
  })
}

/** The origin of what a command on the cloud's machine does. */
export function commandOrigin(command: string, nowMs: number, traceId?: string): ActOrigin {
  return { actor: { kind: 'command', id: command }, nowMs, traceId }
}

/** The origin of what the cloud does by itself. */
export function cloudOrigin(nowMs: number): ActOrigin {
  return { actor: { kind: 'cloud', id: 'cloud' }, nowMs }
}

/** Names of the fields in which two records differ, in order; values are compared as JSON. */
export function changedFields(before: object, after: object): readonly string[] {
  const [old, young] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  const names = [...new Set([...old.keys(), ...young.keys()])].sort()
  return names.filter(
    (name) => canonicalJson(old.get(name) ?? null) !== canonicalJson(young.get(name) ?? null),
  )
}

/** At most 100 ids of many, for the details of an act that tells beside them how many there were. */
export function listed(ids: readonly string[]): readonly string[] {
  return ids.slice(0, listedMax)
}
