import type { Moment } from '@gatehouse/shared/clock/clock'
import { fillPlaceholders } from '@gatehouse/shared/profiles/placeholders'
import type { PlateRules } from '@gatehouse/shared/profiles/plate-rules'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { ArrivalFilter } from './arrival-filter.ts'
import type { DeviceSetting } from './drivers/attachment.ts'
import { type PlateRefusal, readPlateMessage } from './drivers/cameras/plate-message.ts'
import type { PlateRead } from './ports/plate-camera.ts'

/** What a camera posted: a body of its own, or the parts of a form that can be text. */
export type CameraMessage =
  | { readonly text: string }
  | { readonly parts: readonly { readonly name: string; readonly text: string }[] }

/** Why a message was not taken: none of its parts holds one, or it cannot be read. */
export type CameraRefusal = PlateRefusal | { readonly code: 'no_message'; readonly at: string }

/** `late` readings are of vehicles long gone. */
export interface Intake {
  readonly fresh: readonly PlateRead[]
  readonly late: number
}

const defaultSameArrivalMs = 10_000
const defaultSameVehicleMs = 120_000

/** Takes one camera's messages: reads them by its profile and lets each arrival through once. */
export class CameraIntake {
  readonly #rules: PlateRules
  readonly #ignored: unknown
  readonly #staleAfterMs: number
  readonly #arrivals: ArrivalFilter

  constructor({ profile, parameters }: DeviceSetting, rules: PlateRules) {
    this.#rules = {
      ...rules,
      rules: rules.rules.map(({ when, ...rule }) => ({
        ...rule,
        ...(when ? { when: filled(when, parameters) } : {}),
      })),
    }
    this.#ignored = parameters.ignoreDirection
    this.#staleAfterMs = profile.timing.staleAfterMs ?? Number.POSITIVE_INFINITY
    this.#arrivals = new ArrivalFilter({
      sameArrivalMs: profile.timing.sameArrivalMs ?? defaultSameArrivalMs,
      sameVehicleMs: profile.timing.sameVehicleMs ?? defaultSameVehicleMs,
    })
  }

  /**
   * Reads one message at the moment `at`. A reading that is older than the profile's `staleAfterMs` is dropped, for a
   * camera may send again what it could not deliver; one from the future counts as of now. Neither is judged while
   * the site's own clock is not trusted.
   */
  take(message: CameraMessage, at: Moment): Result<Intake, CameraRefusal> {
    const text = this.#textOf(message)
    if (text === undefined) return err({ code: 'no_message', at: this.#rules.parts?.[0] ?? '' })
    const read = readPlateMessage(this.#rules, text, at.wallMs)
    if (!read.ok) return read
    const isTrusted = at.quality === 'trusted'
    const mine = read.value.filter(({ direction }) => direction === undefined || direction !== this.#ignored)
    const inTime = mine.filter(({ capturedMs }) => !isTrusted || at.wallMs - capturedMs <= this.#staleAfterMs)
    const fresh = inTime.filter((one) => this.#arrivals.isNew(one, at.monotonicMs))
    return ok({
      fresh: fresh.map((one) =>
        isTrusted ? { ...one, capturedMs: Math.min(one.capturedMs, at.wallMs) } : one,
      ),
      late: mine.length - inTime.length,
    })
  }

  #textOf(message: CameraMessage): string | undefined {
    if ('text' in message) return message.text
    const { parts } = this.#rules
    if (!parts) return message.parts[0]?.text
    return message.parts.find(({ name }) => parts.includes(name))?.text
  }
}

function filled(
  when: Readonly<Record<string, string[]>>,
  parameters: DeviceSetting['parameters'],
): Record<string, string[]> {
  const entries = Object.entries(when)
  return Object.fromEntries(
    entries.map(([path, values]) => [path, values.map((value) => fillPlaceholders(value, parameters))]),
  )
}
