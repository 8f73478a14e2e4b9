import { setTimeout as wait } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { WebSocket } from 'ws'
import { z } from 'zod'

/** What the load puts on an edge; comes as JSON in the first argument. */
export const wiresLoadSchema = z.object({
  liveUrl: z.string(),
  screenSecret: z.string(),
  screens: z.int(),
  mqttUrl: z.string(),
  mqttUser: z.string(),
  mqttSecret: z.string(),
  topics: z.array(z.string()),
  messagesPerSecond: z.int(),
  /** A bay changes with one of so many messages of its sensor; the others repeat what is known. */
  changeEvery: z.int(),
})
export type WiresLoad = z.infer<typeof wiresLoadSchema>

/** What the process tells its parent. */
export type LoadNews =
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'stopped'
      readonly sent: number
      readonly liveMessages: number
      readonly screensLost: number
    }

const turnMs = 20
const screensAtOnce = 50

const load = wiresLoadSchema.parse(JSON.parse(process.argv[2] ?? '{}'))
const tell = (news: LoadNews) => process.send?.(news)
let liveMessages = 0
let screensLost = 0
let stopping = false

function openScreen(): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${load.screenSecret}` }
  const socket = new WebSocket(load.liveUrl, { headers })
  socket.on('message', () => {
    liveMessages += 1
  })
  socket.on('close', () => {
    if (!stopping) screensLost += 1
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

const sockets: WebSocket[] = []
while (sockets.length < load.screens) {
  const count = Math.min(screensAtOnce, load.screens - sockets.length)
  sockets.push(...(await Promise.all(Array.from({ length: count }, openScreen))))
}
const client = await connectAsync(load.mqttUrl, {
  protocolVersion: 4,
  username: load.mqttUser,
  password: load.mqttSecret,
})
process.once('message', () => {
  stopping = true
})
// Nobody is left to whom it could tell anything.
process.once('disconnect', () => process.exit())
tell({ kind: 'connected' })

let sent = 0
const beganMs = performance.now()
while (!stopping) {
  const due = Math.floor(((performance.now() - beganMs) / 1_000) * load.messagesPerSecond)
  for (; sent < due; sent += 1) {
    const at = sent % load.topics.length
    const topic = load.topics[at] ?? ''
    // Each sensor begins elsewhere in its turn, so that changes come evenly.
    const occupied = Math.floor((Math.floor(sent / load.topics.length) + at) / load.changeEvery) % 2 === 1
    client.publish(topic, JSON.stringify({ occupancy: occupied, battery: 96, linkquality: 118 }))
  }
  await wait(turnMs)
}
await client.endAsync()
for (const socket of sockets) socket.close()
tell({ kind: 'stopped', sent, liveMessages, screensLost })
process.disconnect?.()
