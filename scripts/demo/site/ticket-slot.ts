import { z } from 'zod'

const ledgerSchema = z.object({
  items: z.array(
    z.object({ entry: z.object({ type: z.string(), body: z.record(z.string(), z.unknown()) }) }),
  ),
})
const arrivalSchema = z.object({ laneId: z.string(), ticket: z.string() })
const timeoutMs = 8_000
const lookBack = 40

/** Reads the code of the ticket that was printed last at an entry: what its driver holds in the hand. */
export async function ticketFromSlot(
  edge: { readonly url: string; readonly panelSecret: string },
  laneId: string,
): Promise<string | undefined> {
  const response = await fetch(`${edge.url}/api/v1/ledger?newest=true&limit=${lookBack}`, {
    headers: { authorization: `Bearer ${edge.panelSecret}` },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) return undefined
  const tickets = ledgerSchema.parse(await response.json()).items.flatMap(({ entry }) => {
    const arrival = entry.type === 'session.arrived' ? arrivalSchema.safeParse(entry.body) : undefined
    return arrival?.success === true && arrival.data.laneId === laneId ? [arrival.data.ticket] : []
  })
  return tickets.at(-1)
}
