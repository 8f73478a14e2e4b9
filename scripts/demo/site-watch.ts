import {
  type BoardView,
  boardViewSchema,
  liveMessageSchema,
  type PlanView,
  planViewSchema,
} from '@gatehouse/shared/api/views'
import { WebSocket } from 'ws'
import { z } from 'zod'

const doorsSchema = z.object({
  items: z.array(
    z.object({
      doorId: z.string(),
      state: z.enum(['unknown', 'locked', 'unlocked', 'open', 'held_open', 'forced', 'free', 'trouble']),
      last: z
        .object({
          kind: z.string(),
          atMs: z.int(),
          memberId: z.string().optional(),
          reason: z.string().optional(),
        })
        .optional(),
    }),
  ),
})

const ledgerSchema = z.object({
  headSeq: z.int(),
  acknowledgedSeq: z.int(),
  items: z.array(
    z.object({
      seq: z.int(),
      hash: z.string(),
      uploaded: z.boolean(),
      entry: z.object({
        type: z.string(),
        at: z.object({ wallMs: z.int() }),
        body: z.record(z.string(), z.unknown()),
      }),
    }),
  ),
})

/** What an edge last said over its own API; stays as it was while the edge does not answer. */
export interface SiteReadings {
  plan: PlanView | undefined
  doors: z.infer<typeof doorsSchema>['items']
  board: BoardView | undefined
  ledger: z.infer<typeof ledgerSchema>
}

/** That a door was forced or held open too long, and when by the site's clock, epoch ms. */
export interface DoorAlarm {
  readonly kind: 'held_open' | 'forced'
  readonly atMs: number
}

type Part = 'plan' | 'doors' | 'board' | 'ledger'

const refreshMs = 2_000
const reconnectMs = 1_000
const hourMs = 3_600_000
const tailLength = 40
const paidStaysMax = 500
const subjectSchema = z.object({ kind: z.literal('session'), sessionId: z.string() })
const alarmSchema = z.object({ doorId: z.string(), state: z.enum(['held_open', 'forced']) })
const partsByTopic: Record<string, readonly Part[]> = {
  plan: ['plan'],
  bookings: ['plan'],
  sessions: ['board', 'plan'],
  doors: ['doors'],
  board: ['board'],
  lanes: ['board'],
  ledger: ['ledger'],
  link: ['ledger'],
}

export interface SiteWatchOptions {
  readonly url: string
  /** The panel's device secret at this site. */
  readonly secret: string
  readonly nowMs: () => number
  readonly onChange: () => void
}

/** Follows one edge from outside, over the API and the WebSocket that staff screens use. */
export class SiteWatch {
  readonly readings: SiteReadings = {
    plan: undefined,
    doors: [],
    board: undefined,
    ledger: { headSeq: 0, acknowledgedSeq: 0, items: [] },
  }
  /** When each stay was last paid, by session id, epoch ms; the newest 500. */
  readonly paidStays = new Map<string, number>()
  /** The newest alarm of each door by its id, as its contact told it; doors are few. */
  readonly doorAlarms = new Map<string, DoorAlarm>()
  readonly #options: SiteWatchOptions
  readonly #wanted = new Set<Part>()
  #socket: WebSocket | undefined
  #timer: NodeJS.Timeout | undefined
  #reconnect: NodeJS.Timeout | undefined
  #busy = false
  #stopped = false

  constructor(options: SiteWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => this.#want(['plan', 'doors', 'board', 'ledger']), refreshMs)
    this.#want(['plan', 'doors', 'board', 'ledger'])
    this.#listen()
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    clearTimeout(this.#reconnect)
    this.#socket?.terminate()
  }

  #listen(): void {
    if (this.#stopped) return
    const { url, secret } = this.#options
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    this.#socket = socket
    socket.on('error', () => socket.terminate())
    socket.on('message', (data) => {
      const message = liveMessageSchema.safeParse(JSON.parse(String(data)))
      if (message.success && message.data.kind === 'changed')
        this.#want(partsByTopic[message.data.topic] ?? [])
    })
    socket.on('close', () => {
      this.#reconnect = setTimeout(() => this.#listen(), reconnectMs)
    })
  }

  #want(parts: readonly Part[]): void {
    for (const part of parts) this.#wanted.add(part)
    if (!this.#busy) void this.#refresh()
  }

  async #refresh(): Promise<void> {
    this.#busy = true
    while (this.#wanted.size > 0 && !this.#stopped) {
      const parts = [...this.#wanted]
      this.#wanted.clear()
      await Promise.all(parts.map((part) => this.#read(part)))
      this.#options.onChange()
    }
    this.#busy = false
  }

  async #read(part: Part): Promise<void> {
    const nowMs = this.#options.nowMs()
    const { readings } = this
    const set = <T>(schema: z.ZodType<T>, body: unknown, take: (value: T) => void) => {
      const parsed = schema.safeParse(body)
      if (parsed.success) take(parsed.data)
    }
    if (part === 'plan') {
      const body = await this.#get(`plan?fromMs=${nowMs}&toMs=${nowMs + hourMs}`)
      set(planViewSchema, body, (value) => {
        readings.plan = value
      })
    } else if (part === 'doors') {
      set(doorsSchema, await this.#get('doors'), ({ items }) => {
        readings.doors = items
      })
    } else if (part === 'board') {
      set(boardViewSchema, await this.#get('board'), (value) => {
        readings.board = value
      })
    } else {
      set(ledgerSchema, await this.#get(`ledger?newest=true&limit=${tailLength}`), (value) => {
        readings.ledger = value
        this.#noteStays(value)
        this.#noteAlarms(value)
      })
    }
  }

  /** Remembers which stays were paid at any kiosk, when, from the entries that pass by. */
  #noteStays({ items }: SiteReadings['ledger']): void {
    for (const { entry } of items) {
      if (entry.type !== 'payment.captured') continue
      const subject = subjectSchema.safeParse(entry.body.subject)
      if (subject.success) this.paidStays.set(subject.data.sessionId, entry.at.wallMs)
    }
    for (const sessionId of this.paidStays.keys()) {
      if (this.paidStays.size <= paidStaysMax) break
      this.paidStays.delete(sessionId)
    }
  }

  /** Remembers alarms of doors: the edge itself keeps only the last card or button of each. */
  #noteAlarms({ items }: SiteReadings['ledger']): void {
    for (const { entry } of items) {
      if (entry.type !== 'door.state_changed') continue
      const alarm = alarmSchema.safeParse(entry.body)
      if (!alarm.success) continue
      const { doorId, state } = alarm.data
      const known = this.doorAlarms.get(doorId)
      if (known === undefined || known.atMs <= entry.at.wallMs)
        this.doorAlarms.set(doorId, { kind: state, atMs: entry.at.wallMs })
    }
  }

  /** The answer's body; `undefined` when the edge does not answer or refuses. */
  async #get(path: string): Promise<unknown> {
    try {
      const response = await fetch(`${this.#options.url}/api/v1/${path}`, {
        headers: { authorization: `Bearer ${this.#options.secret}` },
        signal: AbortSignal.timeout(5_000),
      })
      const body: unknown = await response.json()
      return response.ok ? body : undefined
    } catch {
      return undefined
    }
  }
}
