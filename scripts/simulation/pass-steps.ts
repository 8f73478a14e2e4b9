import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { issueCredentials, revokeCredential } from '@gatehouse/cloud/members/member-store'
import { passViewSchema } from '@gatehouse/shared/api/pass-view'
import { credentialIdSchema, memberIdSchema } from '@gatehouse/shared/ids/ids'
import { HolderKeys } from '../demo/site/holder-keys.ts'
import type { Chance } from './chance.ts'
import type { FetchedPass } from './fetched-pass.ts'
import { answered, asMember } from './people-steps.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import type { StepKind } from './step.ts'
import { cardOf, memberIds } from './world-rows.ts'

const passesMax = 12

/** Passes and cards: given, shown, taken back. */
export const passSteps: readonly StepKind[] = [
  { name: 'a pass is fetched', weight: 4, run: fetchPass },
  { name: 'a pass is shown', weight: 6, run: showPass },
  { name: 'a pass is taken back', weight: 2, run: takeBack },
  { name: 'a card is revoked or given again', weight: 2, run: changeCard },
]

async function fetchPass(simulation: Simulation, chance: Chance): Promise<string> {
  const own = simulation.heard.filter(({ memberId }) => memberId !== undefined)
  const booking = chance.percent(70) ? chance.pickAny(own) : undefined
  const memberId = booking?.memberId ?? chance.pick(memberIds)
  const siteId = booking?.siteId ?? chance.pickAny([...simulation.sites.keys()]) ?? ''
  const keys = new HolderKeys()
  const { holderKey } = keys
  const wish = booking
    ? { kind: 'booking', bookingId: booking.bookingId, holderKey }
    : { kind: 'member', siteId, holderKey }
  const call = asMember(simulation, memberId, '/passes', chance.key(), wish)
  return answered(simulation, 'cloud', `${siteId} ${wish.kind}`, call, (status, body) => {
    if (status !== 201) return
    simulation.passes.push({
      view: passViewSchema.parse(body),
      memberId,
      keys,
      shown: undefined,
      opened: new Set(),
    })
    if (simulation.passes.length > passesMax) simulation.passes.shift()
  })
}

async function takeBack(simulation: Simulation, chance: Chance): Promise<string> {
  const pass = chance.pickAny(simulation.passes)
  if (!pass) return 'none'
  const { siteId, passId } = pass.view
  return answered(
    simulation,
    'cloud',
    siteId,
    asMember(simulation, pass.memberId, `/passes/${passId}/revoke`, chance.key(), {}),
  )
}

/** A card is revoked, or given again; every site is told. */
export async function changeCard(simulation: Simulation, chance: Chance): Promise<string> {
  if (!simulation.cloud.isRunning) return 'no cloud'
  const memberId = chance.pick(memberIds)
  const credentialId = credentialIdSchema.parse(`cr-${memberId}`)
  const pool = simulation.stage.pool.outside()
  const by = commandOrigin('simulation', simulation.stage.time.nowMs)
  simulation.stage.time.owner = 'cloud'
  // The cloud may fall between two statements of this; who asked is then never answered.
  let said = `${memberId}: the cloud fell`
  const change = async () => {
    const wasRevoked = await revokeCredential(pool, credentialId, by)
    const card = { credentialId, memberId: memberIdSchema.parse(memberId), kind: 'card' as const }
    if (!wasRevoked) await issueCredentials(pool, [{ ...card, secret: cardOf(memberId) }], by)
    said = `${memberId} ${wasRevoked ? 'revoked' : 'given again'}`
  }
  void change()
  await simulation.settle()
  return said
}

/** How somebody tries: as it should be, with a picture of it, once more, from another phone, or at another site. */
type Try = 'rightly' | 'old picture' | 'again' | 'other phone' | 'elsewhere'

async function showPass(simulation: Simulation, chance: Chance): Promise<string> {
  const pass = chance.pickAny(simulation.passes)
  const how: Try = chance.percent(55)
    ? 'rightly'
    : chance.pick(['old picture', 'again', 'again', 'other phone', 'elsewhere'])
  const machines = simulation.machines.filter(
    ({ life, siteId }) => life && (siteId === pass?.view.siteId) === (how !== 'elsewhere'),
  )
  const machine = chance.pickAny(machines)
  const life = machine?.life
  if (!pass || !machine || !life) return 'none'
  const presentation = presentationFor(simulation, pass, how)
  if (presentation === undefined) return 'not shown before'
  const wrong = whyNot(machine, pass, how, presentation)
  const body = { presentation, doorId: chance.pick(['door-main', 'door-room-1']) }
  const call = machine.kiosk('POST', '/access/pass', chance.key(), body)
  const said = await answered(simulation, machine.siteId, `pass ${how}`, call, (status) => {
    if (status !== 200) return
    if (wrong !== undefined) simulation.violations.push(`${machine.name} opened by a pass ${wrong}`)
    pass.opened.add(`${life.owner} ${presentation}`)
  })
  return said
}

function presentationFor(simulation: Simulation, pass: FetchedPass, how: Try): string | undefined {
  const { nowMs } = simulation.stage.time
  if (how === 'again') return pass.shown
  if (how === 'other phone') return new HolderKeys().show(pass.view.token, nowMs)
  const presentation = pass.keys.show(pass.view.token, how === 'old picture' ? nowMs - 5 * 60_000 : nowMs)
  if (how === 'rightly') pass.shown = presentation
  return presentation
}

/** What the site knows against it, `undefined` when it may open. */
function whyNot(
  { life, clock }: SiteMachine,
  { view, opened }: FetchedPass,
  how: Try,
  presentation: string,
): string | undefined {
  const { wallMs, quality } = clock.now()
  if (how === 'other phone') return 'that another phone had signed'
  if (how === 'elsewhere') return 'of another site'
  if (life?.site.directory.get('pass_revocation', view.passId)) return 'that it knew to be taken back'
  if (quality === 'untrusted') return 'while its clock was not to be trusted'
  if (wallMs >= view.toMs) return 'that had run out'
  if (opened.has(`${life?.owner} ${presentation}`)) return 'that it had seen like this before'
  return undefined
}
