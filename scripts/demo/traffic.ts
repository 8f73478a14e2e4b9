import { type Random, randomInt } from '@gatehouse/shared/random/random'
import { inventPlate } from './history/plan.ts'
import type { RunningSite } from './site/running-site.ts'
import { demoMembers } from './world/people.ts'
import { rowsOf } from './world/rows.ts'

const carMs = 20_000
const cardMs = 15_000
/** Above this share of taken bays cars only leave. */
const fullPercent = 70
/** Below this many cars inside, cars only come. */
const insideMin = 25

export interface TrafficOptions {
  readonly sites: readonly RunningSite[]
  readonly random: Random
  readonly paused: boolean
  readonly onChange: () => void
}

/** Gentle life in the demo: a car every 20 s and a card every 15 s, at random sites and doors. */
export class Traffic {
  readonly #options: TrafficOptions
  #paused: boolean
  #timers: NodeJS.Timeout[] = []

  constructor(options: TrafficOptions) {
    this.#options = options
    this.#paused = options.paused
  }

  get paused(): boolean {
    return this.#paused
  }

  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#options.onChange()
  }

  start(): void {
    this.#timers = [setInterval(() => this.#car(), carMs), setInterval(() => this.#card(), cardMs)]
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #card(): void {
    if (this.#paused) return
    const site = this.#pick(this.#running((candidate) => rowsOf(candidate.rows, 'door').length > 0))
    const door = site && this.#pick(rowsOf(site.rows, 'door'))
    const member = this.#pick(demoMembers)
    if (site && door && member) site.world.tapCard(door.key, member.card)
  }

  #car(): void {
    if (this.#paused) return
    const site = this.#pick(this.#running((candidate) => candidate.world.lanes.size > 0))
    if (site === undefined) return
    const inside = site.world.parked.all()
    const capacity = rowsOf(site.rows, 'space').length
    const leaves =
      inside.length * 100 > capacity * fullPercent || (inside.length > insideMin && this.#chance(50))
    // A lane takes its cars one after the other; nobody is to wait for the whole afternoon.
    void (leaves ? this.#leave(site) : this.#arrive(site)).catch(() => undefined)
  }

  async #arrive(site: RunningSite): Promise<void> {
    const laneId = this.#pick(this.#lanes(site, 'entry'))
    if (laneId === undefined) return
    const draw = randomInt(this.#options.random, 20)
    const vehicleClass = draw === 0 ? 'motorcycle' : draw === 1 ? 'large' : draw < 5 ? 'ev' : 'car'
    await site.world.driveIn({ laneId, plate: inventPlate(this.#options.random), vehicleClass, by: 'camera' })
  }

  async #leave(site: RunningSite): Promise<void> {
    const laneId = this.#pick(this.#lanes(site, 'exit'))
    const [vehicle] = site.world.parked.all()
    if (laneId === undefined || vehicle === undefined) return
    const method = this.#chance(65) ? 'card' : 'cash'
    // Whose card is not taken pays cash.
    await site.world.payFor(vehicle.plate, method).catch(() => site.world.payFor(vehicle.plate, 'cash'))
    await site.world.driveOut(laneId, vehicle.plate)
  }

  #lanes(site: RunningSite, direction: 'entry' | 'exit'): string[] {
    return rowsOf(site.rows, 'lane')
      .filter(({ key, body }) => body.direction === direction && site.world.lanes.get(key)?.car === undefined)
      .map(({ key }) => key)
  }

  #running(suits: (site: RunningSite) => boolean): RunningSite[] {
    return this.#options.sites.filter((site) => site.edge.state === 'running' && suits(site))
  }

  #pick<T>(choices: readonly T[]): T | undefined {
    return choices[randomInt(this.#options.random, choices.length)]
  }

  #chance(percent: number): boolean {
    return randomInt(this.#options.random, 100) < percent
  }
}
