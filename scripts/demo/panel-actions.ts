import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import type { ChildProgram } from './child-program.ts'
import { inventPlate } from './history/plan.ts'
import type { PanelAction, PanelAnswer } from './panel-contract.ts'
import type { PassPhone } from './site/pass-phone.ts'
import type { RunningSite } from './site/running-site.ts'
import type { Traffic } from './traffic.ts'

/** What actions reach. */
export interface ActionParts {
  readonly sites: ReadonlyMap<string, RunningSite>
  readonly cloud: ChildProgram
  readonly traffic: Traffic
  readonly random: Random
  readonly setGateway: (up: boolean) => void
  readonly setTour: (step: number) => void
  /** The phones of members who can log in, by member. */
  readonly phones: ReadonlyMap<string, PassPhone>
  readonly onChange: () => void
}

type SiteAction = Extract<PanelAction, { readonly siteId: string }>

const done: PanelAnswer = { done: true }

/** Carries out what a person at the panel asked for; refuses with `unknown_site` or `not_possible`. */
export async function act(parts: ActionParts, action: PanelAction): Promise<PanelAnswer> {
  switch (action.kind) {
    case 'setTraffic':
      parts.traffic.setPaused(action.paused)
      break
    case 'setGateway':
      parts.setGateway(action.up)
      break
    case 'setTour':
      parts.setTour(action.step)
      break
    case 'moveClock':
      moveClocks(parts, action)
      break
    default:
      return actAtSite(parts, siteOf(parts, action.siteId), action)
  }
  parts.onChange()
  return done
}

function siteOf(parts: ActionParts, siteId: string): RunningSite {
  const site = parts.sites.get(siteId)
  if (site !== undefined) return site
  throw refusal('unknown_site', `There is no site ${siteId}.`)
}

function phoneOf({ phones }: ActionParts, memberId: string): PassPhone {
  const phone = phones.get(memberId)
  if (phone !== undefined) return phone
  throw refusal('not_possible', 'Only a member with a log-in has a phone with a pass.')
}

function moveClocks(parts: ActionParts, action: Extract<PanelAction, { kind: 'moveClock' }>): void {
  const sites = action.siteId === undefined ? [...parts.sites.values()] : [siteOf(parts, action.siteId)]
  const programs = [...(action.siteId === undefined ? [parts.cloud] : []), ...sites.map(({ edge }) => edge)]
  for (const program of programs) program.setClock(program.offsetMs + action.byMs)
  for (const { world } of sites) world.clockMoved()
}

async function actAtSite(
  parts: ActionParts,
  site: RunningSite,
  action: Exclude<SiteAction, { kind: 'moveClock' }>,
): Promise<PanelAnswer> {
  const { world, network, edge } = site
  switch (action.kind) {
    case 'tapCard':
      world.tapCard(action.doorId, action.card)
      break
    case 'typePin':
      world.typePin(action.doorId, action.pin)
      break
    case 'showPass':
      world.showCode(action.doorId, await phoneOf(parts, action.memberId).show(site.siteId))
      break
    case 'showCode':
      world.showCode(action.doorId, action.text)
      break
    case 'pressExit':
      await world.door(action.doorId).pressExit()
      break
    case 'forceDoor':
      world.door(action.doorId).force()
      break
    case 'holdDoor':
      world.door(action.doorId).hold()
      break
    case 'closeDoor':
      world.door(action.doorId).shut()
      break
    case 'tapKioskCard':
      world.tapKioskCard(action.card)
      break
    case 'driveIn':
      return driveIn(parts, site, action)
    case 'driveOut':
      return driveOut(site, action)
    case 'slipIn':
      return slipIn(parts, site)
    case 'setBaySensor':
      world.setBaySensor(action.spaceId, action.occupied)
      break
    case 'cutNetwork':
      await network.cut()
      break
    case 'restoreNetwork':
      await network.restore()
      break
    case 'killEdge':
      await edge.kill()
      break
    case 'restartEdge':
      await edge.kill()
      await edge.start()
      void world.edgeCameUp()
      break
  }
  parts.onChange()
  return done
}

/** Answers when the car is on its way; the state shows how far it got. */
function driveIn(
  parts: ActionParts,
  site: RunningSite,
  action: Extract<PanelAction, { kind: 'driveIn' }>,
): PanelAnswer {
  const plate = action.plate ?? inventPlate(parts.random)
  if (site.world.parked.get(plate) !== undefined) throw refusal('not_possible', `${plate} is already inside.`)
  const { laneId, vehicleClass = 'car', by } = action
  void site.world.driveIn({ laneId, plate, vehicleClass, by })
  return { done: true, plate }
}

function driveOut(site: RunningSite, action: Extract<PanelAction, { kind: 'driveOut' }>): PanelAnswer {
  const plate = action.plate ?? site.world.parked.all()[0]?.plate
  if (plate === undefined) throw refusal('not_possible', 'No car is inside.')
  void site.world.driveOut(action.laneId, plate)
  return { done: true, plate }
}

/** The car of somebody who came in when no loop looked. */
function slipIn(parts: ActionParts, site: RunningSite): PanelAnswer {
  const plate = inventPlate(parts.random)
  if (!site.world.slipIn(plate)) throw refusal('not_possible', 'No bay with a sensor is free.')
  parts.onChange()
  return { done: true, plate }
}

function refusal(code: string, hint: string): SiteError {
  return new SiteError({ code, op: 'demo.action', hint, retryable: false })
}
