import type { BenchSite } from './bench-site.ts'
import { KeepAliveClient, postRequest } from './keep-alive-client.ts'
import { percentile } from './statistics.ts'

const halfHourMs = 1_800_000
const slotsPerDesk = 48 * 5

/** What one run of `clients` at once achieved; latencies in milliseconds. */
export interface BookingRun {
  readonly clients: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Hands out slots that nobody has booked: every desk, half hour by half hour, from tomorrow on. */
export class SlotSupply {
  readonly #deskIds: readonly string[]
  readonly #firstMs: number
  #next = 0

  constructor(deskIds: readonly string[], nowMs: number) {
    this.#deskIds = deskIds
    this.#firstMs = Math.ceil(nowMs / 86_400_000) * 86_400_000 + 86_400_000
  }

  take(): {
    readonly spaceId: string
    readonly fromMs: number
    readonly toMs: number
    readonly guestName: string
  } {
    const n = this.#next
    this.#next += 1
    const spaceId = this.#deskIds[n % this.#deskIds.length] ?? ''
    const slot = Math.floor(n / this.#deskIds.length) % slotsPerDesk
    const fromMs = this.#firstMs + slot * halfHourMs
    return { spaceId, fromMs, toMs: fromMs + halfHourMs, guestName: 'Bench Visitor (demo)' }
  }
}

/** Books through the edge's HTTP with `clients` at once for `forMs`; every answer must be 201. */
export async function runBookings(
  site: BenchSite,
  port: number,
  slots: SlotSupply,
  { clients, forMs }: { readonly clients: number; readonly forMs: number },
): Promise<BookingRun> {
  const connections = await Promise.all(Array.from({ length: clients }, () => KeepAliveClient.to(port)))
  const headers = {
    host: `127.0.0.1:${port}`,
    authorization: `Bearer ${site.kioskSecret}`,
    'content-type': 'application/json',
  }
  const latencies: number[] = []
  const startMs = performance.now()
  const client = async (connection: KeepAliveClient, name: number) => {
    for (let n = 0; performance.now() - startMs < forMs; n += 1) {
      const sentMs = performance.now()
      const key = `bench-${clients}-${name}-${n}-${Math.round(startMs)}`
      const status = await connection.send(
        postRequest('/api/v1/bookings', { ...headers, 'idempotency-key': key }, JSON.stringify(slots.take())),
      )
      if (status !== 201) throw new RangeError(`a booking was answered ${status}`)
      latencies.push(performance.now() - sentMs)
    }
  }
  await Promise.all(connections.map(client))
  const seconds = (performance.now() - startMs) / 1000
  for (const connection of connections) connection.close()
  return {
    clients,
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  }
}
