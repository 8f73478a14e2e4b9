import type { Clock } from '@gatehouse/shared/clock/clock'
import { type CardFormatChoice, readCard } from '@gatehouse/shared/profiles/card-number'
import type { ProfileEvent } from '@gatehouse/shared/profiles/interpretation'
import { assertNever } from '@gatehouse/shared/result/result'
import type { DisplayContent } from '../../ports/display.ts'
import type { DriveOutcome } from '../../ports/drive-outcome.ts'
import type { ReaderSignal } from '../../ports/indicator.ts'
import type { Attachment, DeviceReport, DeviceSetting } from '../attachment.ts'
import { PinEntry } from '../pin-entry.ts'
import type { OsdpLine, OsdpReaderHandle } from './osdp-line.ts'
import type { ReaderFact, RequestCommand, RequestEnd } from './panel-state.ts'

const defaultPollMs = 50
/** OSDP 2.2 §5.7: a reader answers within 200 ms. */
const defaultReplyTimeoutMs = 200
const formattedCard = /^[0-9]{1,80}$/
const shownMs = 1_500
const shownTextMs = 5_000
/** Without any known format: every card by all of its bits. */
const anyCard: CardFormatChoice = { formats: [], takesOthers: true }

/** What a person at the reader sees and hears. */
const signals: Record<ReaderSignal, readonly RequestCommand[]> = {
  granted: [light('green'), { kind: 'buzzer', reader: 0, tone: 2, onMs: 200, offMs: 0, count: 1 }],
  pin_wanted: [light('amber'), { kind: 'buzzer', reader: 0, tone: 2, onMs: 100, offMs: 0, count: 1 }],
  second_member_wanted: [
    light('amber'),
    { kind: 'buzzer', reader: 0, tone: 2, onMs: 100, offMs: 0, count: 1 },
  ],
  close_door: [light('amber'), { kind: 'buzzer', reader: 0, tone: 2, onMs: 100, offMs: 100, count: 2 }],
  refused: [light('red'), { kind: 'buzzer', reader: 0, tone: 2, onMs: 100, offMs: 100, count: 3 }],
}

function light(color: 'green' | 'red' | 'amber'): RequestCommand {
  return { kind: 'led', reader: 0, led: 0, temporary: { color, onMs: shownMs, offMs: 0, forMs: shownMs } }
}

/** Serves one reader of a line: cards, PINs, tampering, power and a door's contact out; light, buzzer and text in. */
export function attachOsdpReader(
  line: OsdpLine,
  setting: DeviceSetting & { readonly deviceId: string },
  { report, clock }: { readonly report: DeviceReport; readonly clock: Clock },
): Attachment {
  const { profile, parameters, deviceId, cardFormats = anyCard } = setting
  const contact = contactOf(parameters)
  const read = factReader({ clock, cardFormats, contact })
  const handle: OsdpReaderHandle | undefined = line.add({
    deviceId,
    address: Number(parameters.address ?? 0),
    check: parameters.checksum === true ? 'checksum' : 'crc',
    pollMs: profile.timing.pollMs ?? defaultPollMs,
    replyTimeoutMs: profile.timing.replyTimeoutMs ?? defaultReplyTimeoutMs,
    presence: ({ online, reason }) => {
      report.presence(reason === undefined ? { online } : { online, detail: reason })
      // Readers tell changes of their inputs by themselves, and how they stand only when asked.
      if (online && contact) void handle?.request({ kind: 'inputStatus' })
    },
    fact: (fact) => {
      const { events, garbage } = read(fact)
      for (const event of events) report.event(event)
      if (garbage !== undefined) report.garbage(garbage)
    },
    alarm: (reason) => {
      report.garbage(reason)
      report.event({ kind: 'untrusted', reason })
    },
    garbage: (reason) => report.garbage(reason),
  })
  if (!handle) {
    report.presence({ online: false, detail: 'address_taken' })
    return { detach: () => {} }
  }
  return {
    indicator: { signal: (signal) => show(handle, signals[signal]) },
    display: { show: (content) => show(handle, [textOf(content)]) },
    detach: () => handle.remove(),
  }
}

async function show(handle: OsdpReaderHandle, commands: readonly RequestCommand[]): Promise<DriveOutcome> {
  const ends = await Promise.all(commands.map((command) => handle.request(command)))
  return outcomeOf(ends.find((end) => end !== 'done') ?? 'done')
}

function outcomeOf(end: RequestEnd): DriveOutcome {
  switch (end) {
    case 'done':
      return { outcome: 'done' }
    case 'unknown':
      return { outcome: 'unknown', detail: 'no_reply' }
    case 'refused':
      return { outcome: 'failed', detail: 'reader_refused' }
    case 'offline':
    case 'queue_full':
      return { outcome: 'failed', detail: end }
    default:
      return assertNever(end)
  }
}

/** A text for readers with a display; others refuse it. It stays for as long as somebody looks at it. */
function textOf(content: DisplayContent): RequestCommand {
  const text = 'lines' in content ? content.lines.join(' ') : String(content.free)
  const printable = text.replace(/[^ -~]/g, '?')
  return { kind: 'text', reader: 0, text: printable, forSeconds: shownTextMs / 1_000 }
}

/** An input of the reader to which the contact of its door is wired, counted from 1. */
interface ContactInput {
  readonly input: number
  readonly inverted: boolean
}

function contactOf({ contactInput, contactInverted }: DeviceSetting['parameters']): ContactInput | undefined {
  return typeof contactInput === 'number'
    ? { input: contactInput, inverted: contactInverted === true }
    : undefined
}

interface FactOptions {
  readonly clock: Clock
  readonly cardFormats: CardFormatChoice
  readonly contact: ContactInput | undefined
}

/** Reads what a reader told into events; tampering and failing power are told when they begin and when they end. */
function factReader({ clock, cardFormats, contact }: FactOptions): (fact: ReaderFact) => {
  readonly events: readonly ProfileEvent[]
  readonly garbage?: string
} {
  const pins = new PinEntry()
  let tampered = false
  let powerFailed = false
  let closed: boolean | undefined
  return (fact) => {
    switch (fact.kind) {
      case 'raw': {
        const read = readCard(cardFormats, fact.bitCount, fact.bits)
        pins.clear()
        if (!read.ok) return { events: [], garbage: read.error }
        return { events: [{ kind: 'card', number: read.value.number }] }
      }
      case 'formatted': {
        pins.clear()
        if (!formattedCard.test(fact.text)) return { events: [], garbage: 'card_text' }
        return { events: [{ kind: 'card', number: fact.text }] }
      }
      case 'keys': {
        const entered = pins.press(fact.keys, clock.now().monotonicMs)
        return { events: entered.map((digits) => ({ kind: 'pin', digits })) }
      }
      case 'local': {
        const events: ProfileEvent[] = []
        if (fact.tamper !== tampered) events.push({ kind: 'tamper', active: fact.tamper })
        if (fact.powerFailed !== powerFailed) events.push({ kind: 'power', failed: fact.powerFailed })
        tampered = fact.tamper
        powerFailed = fact.powerFailed
        return { events }
      }
      case 'inputs': {
        const active = contact && fact.active[contact.input - 1]
        if (!contact || active === undefined) return { events: [] }
        const isClosed = active !== contact.inverted
        const isNews = isClosed !== closed
        closed = isClosed
        return { events: isNews ? [{ kind: 'contact', closed }] : [] }
      }
      default:
        return assertNever(fact)
    }
  }
}
