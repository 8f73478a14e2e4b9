import { setTimeout as wait } from 'node:timers/promises'
import type { EdgeReady } from './edge-life.ts'
import { EdgeLife, type Fate } from './edge-life.ts'
import type { FaultDoor, FaultWorld } from './fault-world.ts'
import type { PulseCount } from './ledger-audit.ts'
import type { Visitors } from './visitors.ts'

/** How a life of the edge went. */
export interface LifeRecord {
  readonly fate: Fate | undefined
  readonly ready: EdgeReady | undefined
  /** `SIGKILL` when its fate met it. */
  readonly ended: string
  /** By door; only doors that fired. */
  readonly pulses: ReadonlyMap<string, number>
}

const atOnce = 4
const tapMs = 60
const directoryMs = 25
/** A life whose failpoint is not met by then counts as missed. */
const fateMaxMs = 15_000

/** Plays the story against an edge that keeps dying: people, cards and directory changes at the same time. */
export class FaultyRun {
  readonly #world: FaultWorld
  readonly #visitors: Visitors
  readonly #card: string
  readonly lives: LifeRecord[] = []
  #rounds = 0
  #people: Promise<void>[] = []
  #leaving = false

  constructor(world: FaultWorld, visitors: Visitors, card: string) {
    this.#world = world
    this.#visitors = visitors
    this.#card = card
  }

  /** People keep coming from now on, whether an edge runs or not. */
  openDoors(): void {
    this.#people = Array.from({ length: atOnce }, async () => {
      while (!this.#leaving) await this.#visitors.next()
    })
  }

  /** Lets those who are there finish and nobody else come; needs a living edge. */
  async closeDoors(): Promise<void> {
    this.#leaving = true
    await Promise.all(this.#people)
  }

  /** Starts an edge, lets cards and directory changes come, and waits for its death. */
  async live(fate: Fate): Promise<void> {
    const pulses = new Map<string, number>()
    const stops = this.#world.doors.map((door) =>
      this.#world.onPulse(door, () => pulses.set(door.doorId, (pulses.get(door.doorId) ?? 0) + 1)),
    )
    const life = this.start(fate)
    const ready = await life.ready()
    const met = ready === undefined ? life.ended : this.#untilDead(life, fate)
    const ended = await met
    for (const stop of stops) stop()
    this.lives.push({ fate, ready, ended, pulses })
  }

  /** Starts an edge with or without a fate. */
  start(fate: Fate | undefined): EdgeLife {
    return new EdgeLife(this.#world.configPath, this.#world.logPath, fate)
  }

  /** Every door and life with the entries it could have granted. */
  pulseCounts(lastSeq: number): PulseCount[] {
    const ends = this.lives.map((_life, index) => {
      const later = this.lives.slice(index + 1).find(({ ready }) => ready !== undefined)
      return later?.ready?.headSeq ?? lastSeq
    })
    return this.lives.flatMap(({ ready, pulses }, index) =>
      [...pulses].map(([doorId, count]) => ({
        doorId,
        // A life that was never ready granted nothing: it must not have fired at all.
        afterSeq: ready?.headSeq ?? Number.MAX_SAFE_INTEGER,
        beforeSeq: ends[index] ?? lastSeq,
        pulses: count,
      })),
    )
  }

  async #untilDead(life: EdgeLife, fate: Fate): Promise<string> {
    const late = setTimeout(() => life.kill(), fate.kind === 'moment' ? fate.afterMs : fateMaxMs)
    const startedMs = performance.now()
    const cards = this.#cards(life)
    const changes = this.#changes(life)
    const ended = await life.ended
    clearTimeout(late)
    await Promise.all([cards, changes])
    const missed = fate.kind === 'failpoint' && performance.now() - startedMs >= fateMaxMs
    return missed ? 'fate not met' : ended
  }

  async #cards(life: EdgeLife): Promise<void> {
    for (let turn = 0; life.alive; turn += 1) {
      const door: FaultDoor | undefined = this.#world.doors[turn % this.#world.doors.length]
      if (door) this.#world.tap(door, this.#card)
      await Promise.race([wait(tapMs), life.ended])
    }
  }

  async #changes(life: EdgeLife): Promise<void> {
    while (life.alive) {
      this.#rounds += 1
      await this.#world.touchDirectory(this.#rounds)
      await Promise.race([wait(directoryMs), life.ended])
    }
  }
}
