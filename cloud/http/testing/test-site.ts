import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  type Booking,
  type BookingEvent,
  evolve,
  noBooking,
  occupies,
} from '@gatehouse/shared/booking/booking'
import { priceBooking } from '@gatehouse/shared/booking/booking-price'
import { decide } from '@gatehouse/shared/booking/decide'
import type { ManualClock } from '@gatehouse/shared/clock/clock'
import { commandIdSchema, requestIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { type ChainHead, emptyHead, sealEntry } from '@gatehouse/shared/ledger/chain'
import { err, type Result } from '@gatehouse/shared/result/result'
import { type DirectoryBody, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import type { Holder } from '@gatehouse/shared/wire/v1/entries'
import { enrolAnswerSchema, type Heartbeat } from '@gatehouse/shared/wire/v1/sync'
import { SignJWT } from 'jose'
import type { Notifications } from '../../database/notifications.ts'
import type { Pool } from '../../database/pool.ts'

/**
 * A small site for tests: it enrols, decides requests with the shared rules and uploads its entries through
 * the cloud's real endpoints. It has no ledger of its own but memory.
 */
export class TestSite {
  readonly siteId: ReturnType<typeof siteIdSchema.parse>
  readonly #parts: { pool: Pool; notifications: Notifications; baseUrl: string; clock: ManualClock }
  readonly #bookings = new Map<string, Booking>()
  readonly #answered = new Set<string>()
  #key: KeyObject | undefined
  #incarnation = 0
  #head: ChainHead = emptyHead
  #work: Promise<void> = Promise.resolve()
  #stopListening = () => {}
  /** While true the site reads nothing and says nothing. */
  silent = false

  constructor(
    siteId: string,
    parts: { pool: Pool; notifications: Notifications; baseUrl: string; clock: ManualClock },
  ) {
    this.siteId = siteIdSchema.parse(siteId)
    this.#parts = parts
  }

  async enrol(code: string): Promise<void> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const body = { code, publicKey: publicKey.export({ format: 'jwk' }).x, machine: 'test' }
    const answer = await fetch(`${this.#parts.baseUrl}/sync/v1/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    this.#incarnation = enrolAnswerSchema.parse(await answer.json()).incarnation
    this.#key = privateKey
    this.#stopListening = this.#parts.notifications.on('directory', () => this.readRequests())
    await this.heartbeat()
  }

  stop(): Promise<void> {
    this.#stopListening()
    return this.#work
  }

  /** Says that it is alive; the cloud takes it for online for 25 s by its clock. */
  async heartbeat(selling: Heartbeat['selling'] = 'all'): Promise<void> {
    const { wallMs, bootId, monotonicMs } = this.#parts.clock.now()
    const heartbeat: Heartbeat = {
      incarnation: this.#incarnation,
      version: 'test',
      bootId,
      monotonicMs,
      wallMs,
      clockQuality: 'trusted',
      waiting: 0,
      devicesDown: [],
      selling,
      directory: { epoch: 1, rev: 0 },
      sums: {
        head: this.#head,
        entries: this.#head.seq,
        bookings: {},
        takings: [],
        sessions: { open: 0, departed: 0, voided: 0 },
      },
    }
    await this.#post('/sync/v1/heartbeat', heartbeat)
  }

  /** Decides the requests that are in the directory and not answered yet, one after another. */
  readRequests(): void {
    this.#work = this.#work.then(() => this.#readRequests())
  }

  /** Resolves when everything asked so far was answered. */
  settled(): Promise<void> {
    return this.#work
  }

  /** Answers a request by the row it had read, whatever became of the row since. */
  async answerAnyway(requestId: string, body: object): Promise<void> {
    this.#answered.add(requestId)
    await this.#answer(requestId, directoryBodies.request.parse(body))
  }

  async #readRequests(): Promise<void> {
    if (this.silent) return
    const found = await this.#parts.pool.query<{ key: string; body: unknown }>(
      `SELECT key, body FROM site_directory WHERE site_id = $1 AND kind = 'request' AND body IS NOT NULL
       ORDER BY rev`,
      [this.siteId],
    )
    for (const row of found.rows) {
      if (this.#answered.has(row.key)) continue
      this.#answered.add(row.key)
      await this.#answer(row.key, directoryBodies.request.parse(row.body))
    }
  }

  async #answer(key: string, request: DirectoryBody<'request'>): Promise<void> {
    const requestId = requestIdSchema.parse(key)
    const { wallMs } = this.#parts.clock.now()
    const { command } = request
    const booking = this.#bookings.get(command.bookingId) ?? noBooking
    const decision =
      wallMs >= request.expiresMs ? err('request_expired') : await this.#decide(booking, requestId, command)
    if (!decision.ok) {
      return this.append([{ type: 'request.refused', body: { requestId, code: decision.error } }])
    }
    let next = booking
    for (const event of decision.value) next = evolve(next, event, wallMs)
    this.#bookings.set(command.bookingId, next)
    return this.append(decision.value)
  }

  async #decide(
    booking: Booking,
    requestId: ReturnType<typeof requestIdSchema.parse>,
    command: DirectoryBody<'request'>['command'],
  ): Promise<Result<readonly BookingEvent[], string>> {
    const site = await this.#body('site', this.siteId)
    const context = { nowMs: this.#parts.clock.now().wallMs, settings: site.settings }
    if (command.kind === 'cancelBooking') return decide(booking, { ...command, requestId }, context)
    if (command.kind === 'confirmBooking') {
      const { paymentId, method, amountMinor } = command
      const payment = { paymentId, method, takenBy: 'cloud' as const, offeredMinor: amountMinor }
      return decide(booking, { kind: 'confirmBooking', requestId, payment }, context)
    }
    if (command.kind === 'confirmExtension') {
      const { toMs, paymentId, method, amountMinor } = command
      const payment = { paymentId, method, takenBy: 'cloud' as const, offeredMinor: amountMinor }
      return decide(booking, { kind: 'confirmExtension', requestId, toMs, payment }, context)
    }
    if (command.kind === 'releaseBooking')
      return decide(booking, { kind: 'releaseEarly', requestId }, context)
    if (command.kind === 'extendBooking') {
      if (booking.kind === 'none') return err('unknown_booking')
      const space = await this.#body('space', booking.spaceId)
      const calendar = { site, space, occupied: this.#occupied(booking.spaceId) }
      const price = await this.#pricing(site, space, booking.holder)
      if (price === undefined) return err('not_bookable')
      return decide(
        booking,
        { kind: 'extendBooking', requestId, toMs: command.toMs, calendar, price },
        context,
      )
    }
    const space = await this.#body('space', command.spaceId)
    const price = await this.#pricing(site, space, command.holder)
    if (price === undefined) return err('not_bookable')
    const hold = {
      ...command,
      requestId,
      reference: `T-${this.#head.seq}`,
      parts: space.parts ?? [],
      calendar: { site, space, occupied: this.#occupied(command.spaceId) },
      price,
    }
    return decide(booking, hold, context)
  }

  async #pricing(site: DirectoryBody<'site'>, space: DirectoryBody<'space'>, holder: Holder) {
    const { tariffId } = space
    if (tariffId === undefined) return undefined
    const tariff = await this.#body('tariff', tariffId)
    const plan = holder.kind === 'member' ? await this.#planOf(holder.memberId) : undefined
    const { timeZone } = site
    return (interval: { fromMs: number; toMs: number }) =>
      priceBooking(
        { tariffId, tariff, timeZone, tzdataVersion: 'test', ...interval },
        { spaceKind: space.kind, plan },
      )
  }

  #occupied(spaceId: string) {
    return [...this.#bookings.values()].flatMap((one) => {
      if (!occupies(one.kind) || one.kind === 'none') return []
      if (one.spaceId !== spaceId) return []
      const { bookingId, fromMs, toMs, blockToMs, holdUntilMs } = one
      return [{ bookingId, fromMs, toMs, blockToMs, ...(one.kind === 'held' ? { holdUntilMs } : {}) }]
    })
  }

  async #planOf(memberId: string): Promise<DirectoryBody<'plan'> | undefined> {
    const member = await this.#body('member', memberId)
    return member.planId === undefined ? undefined : this.#body('plan', member.planId)
  }

  async #body<K extends keyof typeof directoryBodies>(kind: K, key: string): Promise<DirectoryBody<K>> {
    const found = await this.#parts.pool.query<{ body: unknown }>(
      'SELECT body FROM site_directory WHERE site_id = $1 AND kind = $2 AND key = $3',
      [this.siteId, kind, key],
    )
    return directoryBodies[kind].parse(found.rows[0]?.body) as DirectoryBody<K>
  }

  /** Records what somebody did at the site itself, for example a check-in. */
  async record(event: BookingEvent & { readonly body: { readonly bookingId: string } }): Promise<void> {
    const { bookingId } = event.body
    const booking = this.#bookings.get(bookingId) ?? noBooking
    this.#bookings.set(bookingId, evolve(booking, event, this.#parts.clock.now().wallMs))
    return this.append([event])
  }

  /** Appends entries to the ledger in the cloud; also for facts no request asked for. */
  async append(events: readonly { type: string; body: object }[]): Promise<void> {
    const entries = events.map(({ type, body }) => {
      const sealed = sealEntry({
        v: 1,
        site: this.siteId,
        incarnation: this.#incarnation,
        seq: this.#head.seq + 1,
        prev: this.#head.hash,
        at: this.#parts.clock.now(),
        type,
        commandId: commandIdSchema.parse(`cm_${this.#head.seq + 1}`),
        body: { ...body },
      })
      this.#head = { seq: sealed.entry.seq, hash: sealed.hash }
      return sealed.entry
    })
    await this.#post(`/sync/v1/stream/${this.siteId}/${this.#incarnation}`, entries)
  }

  async #post(path: string, body: unknown): Promise<void> {
    if (this.#key === undefined) throw new TypeError('enrol first')
    const issuedAt = Math.floor(this.#parts.clock.now().wallMs / 1000)
    const token = await new SignJWT({ incarnation: this.#incarnation })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.siteId })
      .setAudience('gatehouse-cloud')
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 60)
      .sign(this.#key)
    const answer = await fetch(this.#parts.baseUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new TypeError(`${path} answered ${answer.status}: ${await answer.text()}`)
  }
}
