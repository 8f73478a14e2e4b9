import { SeededRandom } from '@gatehouse/shared/random/random'
import { nodeAes } from '../drivers/osdp/aes.ts'
import { decodeFrame, encodeFrame, type OsdpFrame } from '../drivers/osdp/frame.ts'
import { newPanel, panelDueMs, stepPanel } from '../drivers/osdp/panel-machine.ts'
import type { PanelAction, PanelEvent, PanelState } from '../drivers/osdp/panel-state.ts'
import type { ReaderSecrets } from '../drivers/osdp/reader-keys.ts'
import { encodeReply, type OsdpReply } from '../drivers/osdp/replies.ts'
import { OsdpPeripheral } from '../simulators/osdp-peripheral.ts'

export const ownKey = Uint8Array.from(Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex'))
export const facts = {
  identity: { vendor: '474853', model: 1, version: 1, serial: 1, firmware: '1.0.0' },
  capabilities: [{ function: 9, level: 1, count: 0 }],
}
export const address = 3

/** Reads bytes that are one whole frame. */
export function frameOf(bytes: Uint8Array): OsdpFrame {
  const frame = decodeFrame(bytes)
  if (!frame.ok) throw new RangeError(frame.error)
  return frame.value
}

/** A panel and the firmware of a reader, with a person's hand on the wire between them and on the clock. */
export class Bench {
  state: PanelState = newPanel()
  readonly actions: PanelAction[] = []
  readonly reader = new OsdpPeripheral(facts, new SeededRandom(8))
  nowMs = 0
  secrets: ReaderSecrets | undefined
  isInstalling = false
  isDiskFull = false
  /** The disk has not said yet whether it has the key. */
  isDiskSlow = false
  readonly #random = new SeededRandom(9)

  constructor(keyed = true) {
    if (!keyed) return
    this.reader.key = ownKey
    this.secrets = { key: ownKey }
  }

  /** Takes one step; keys are stored as the line does. */
  step(event: PanelEvent): PanelAction[] {
    const step = stepPanel(this.state, event, {
      ...{ aes: nodeAes, random: this.#random, nowMs: this.nowMs, address, check: 'crc', pollMs: 50 },
      secrets: () => this.secrets,
      isInstalling: () => this.isInstalling,
    })
    this.state = step.state
    this.actions.push(...step.actions)
    for (const action of step.actions) {
      if (action.kind === 'storeKey' && !this.isDiskSlow) {
        if (!this.isDiskFull) this.secrets = { key: action.key }
        this.step({ kind: 'keyStored', ok: !this.isDiskFull })
      }
      if (action.kind === 'pin') this.secrets = { key: action.key, facts: action.facts }
    }
    return [...step.actions]
  }

  /** Waits until the reader is due, and gives what the panel sends then. */
  ask(): OsdpFrame {
    this.nowMs = Math.max(this.nowMs, panelDueMs(this.state))
    const sent = this.step({ kind: 'turn' }).find((action) => action.kind === 'send')
    if (sent?.kind !== 'send') throw new RangeError(`nothing is sent while ${this.state.kind}`)
    return frameOf(sent.bytes)
  }

  hear(bytes: Uint8Array | undefined): PanelAction[] {
    return bytes ? this.step({ kind: 'heard', frame: frameOf(bytes) }) : this.step({ kind: 'silence' })
  }

  /** One question and its answer. */
  turn(): OsdpFrame {
    const frame = this.ask()
    this.hear(this.reader.answer(frame))
    return frame
  }

  until(kind: PanelState['kind']): this {
    for (let turns = 0; this.state.kind !== kind; turns += 1) {
      if (turns > 50) throw new RangeError(`never ${kind}, still ${this.state.kind}`)
      this.turn()
    }
    return this
  }

  /** A reader's answer in clear. */
  plain(frame: OsdpFrame, reply: OsdpReply, sequence = frame.sequence): Uint8Array {
    return encodeFrame({ address, fromReader: true, sequence, check: 'crc', ...encodeReply(reply) })
  }

  get alarms(): string[] {
    return this.actions.flatMap((action) => (action.kind === 'alarm' ? [action.reason] : []))
  }

  get offlineFor(): string | undefined {
    return this.state.kind === 'offline' ? this.state.reason : undefined
  }
}
