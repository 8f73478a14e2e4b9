import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createSimulatedBoard, type SimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import {
  createSimulatedOsdpReaders,
  type SimulatedOsdpReader,
} from '@gatehouse/edge/devices/simulators/simulated-osdp-readers'
import { createSimulatedReaders } from '@gatehouse/edge/devices/simulators/simulated-readers'
import { listenForEdge } from '@gatehouse/edge/devices/simulators/socket-server'
import { openReaderKeys } from '@gatehouse/edge/site/reader-key-file'
import { systemRandom } from '@gatehouse/edge/system-random'
import { repositoryRoot } from '../repository-root.ts'
import { freePort } from '../story/free-port.ts'
import { type BenchSite, benchBridge, lineReaderId, sensorTopic, writeBenchSite } from './bench-site.ts'
import { type EdgeUnderTest, startEdgeUnderTest } from './edge-under-test.ts'
import { percentile, short } from './statistics.ts'
import { type StrikeTimes, strikeLine, struckMs, untilOff } from './strike-bench.ts'
import type { LoadNews, WiresLoad } from './wires-load-process.ts'

const host = '127.0.0.1'
const lines = 4
const readersPerLine = 8
const sensors = 500
const screens = 500
const messagesPerSecond = 5_000
/** Each sensor speaks ten times a second; its bay changes every ten seconds. */
const changeEvery = 100
const quietTaps = 100
const busyTaps = 160
const onlineMaxMs = 60_000
/** Until the last messages have come through. */
const settleMs = 1_000
/** A reader with nothing to say answers with 14 bytes; with a card in them it is 30. */
const nothingNewBytes = 20
/** Node.js counts the interval of its own timer into the delay of the event loop. */
const delayTimerMs = 10

/** A line of readers, and when its last answer with something in it left for the edge. */
interface Line {
  readonly port: number
  readonly first: SimulatedOsdpReader
  toldMs(): number
  close(): Promise<void>
}

/**
 * A site with 32 readers in secure sessions on 4 lines, then with 500 screens and 5,000 sensor messages a second besides:
 * milliseconds from the reader's answer with a card on its socket to the relay closing on the board's. `raw` is the same
 * way without an edge.
 */
export async function runManyDevices(
  folder: string,
  raw: StrikeTimes,
  say: (line: string) => void,
): Promise<void> {
  const listen = { host, port: 0 }
  const board = await createSimulatedBoard({ listen })
  const others = await createSimulatedReaders({ listen })
  const opened = await Promise.all(Array.from({ length: lines }, openLine))
  const [port, mqttPort] = [await freePort(), await freePort()]
  const linePorts = opened.map((line) => line.port)
  const many = { linePorts, readersPerLine, sensors, mqttPort }
  const site = writeBenchSite(folder, { port, boardPort: board.port, readersPort: others.port, many })
  const keys = openReaderKeys(join(folder, 'store'), () => undefined)
  opened.forEach(({ readers }, line) => {
    for (const { address, firmware } of readers) {
      firmware.key = systemRandom.bytes(16)
      keys.write(lineReaderId(line, address), { key: firmware.key })
    }
  })
  const edge = await startEdgeUnderTest(site.configPath, port)
  const url = `http://${host}:${port}`
  try {
    await untilSecure(opened)
    const taps = { board, lines: opened, card: site.card }
    say(strikeLine('card to strike, 32 OSDP readers', await tap(taps, quietTaps), raw))
    await underLoad({ site, url, mqttPort, edge, say, raw, strikes: () => tap(taps, busyTaps) })
  } finally {
    await edge.stop()
    for (const line of opened) await line.close()
    await others.close()
    await board.close()
  }
}

interface Taps {
  readonly board: SimulatedBoard
  readonly lines: readonly Line[]
  readonly card: string
}

/** Times of the taps that struck, and how many did. */
interface Tapped extends StrikeTimes {
  readonly struck: number
}

async function tap({ board, lines: tapped, card }: Taps, count: number): Promise<Tapped> {
  const times: number[] = []
  for (let at = 0; at < count; at += 1) {
    const line = at % tapped.length
    const struck = struckMs(board, line + 2).catch(() => undefined)
    tapped[line]?.first.tap(card)
    const atMs = await struck
    if (atMs !== undefined) times.push(atMs - (tapped[line]?.toldMs() ?? Number.NaN))
    if (line === tapped.length - 1) await untilOff(board, line + 2)
  }
  return { struck: times.length, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) }
}

async function openLine() {
  let toldMs = 0
  const line = await createSimulatedOsdpReaders({
    openWire: (onBytes) =>
      listenForEdge({ host, port: 0 }, (bytes, reply) => {
        onBytes(bytes, (answer) => {
          if (answer.length > nothingNewBytes) toldMs = performance.now()
          reply(answer)
        })
      }),
    addresses: Array.from({ length: readersPerLine }, (_none, address) => address),
    random: systemRandom,
  })
  const [first] = line.readers
  if (!first) throw new RangeError('a line without readers')
  return { ...line, first, toldMs: () => toldMs }
}

/** Waits until every reader is in a session under its own key. */
async function untilSecure(opened: readonly { readonly readers: readonly SimulatedOsdpReader[] }[]) {
  const endMs = performance.now() + onlineMaxMs
  while (!opened.every(({ readers }) => readers.every(({ firmware }) => firmware.isSecure))) {
    if (performance.now() > endMs) throw new RangeError('not every reader has a session')
    await wait(100)
  }
  await wait(settleMs)
}

interface Busy {
  readonly site: BenchSite
  readonly url: string
  readonly mqttPort: number
  readonly edge: EdgeUnderTest
  readonly say: (line: string) => void
  readonly raw: StrikeTimes
  readonly strikes: () => Promise<Tapped>
}

async function underLoad({ site, url, mqttPort, edge, say, raw, strikes }: Busy): Promise<void> {
  const load = startLoad({
    liveUrl: `${url.replace('http', 'ws')}/api/v1/live`,
    screenSecret: site.kioskSecret,
    screens,
    mqttUrl: `mqtt://${host}:${mqttPort}`,
    mqttUser: benchBridge.user,
    mqttSecret: benchBridge.secret,
    topics: Array.from({ length: sensors }, (_none, at) => sensorTopic(at)),
    messagesPerSecond,
    changeEvery,
  })
  await load.connected
  await wait(settleMs)
  const [before, rssBefore, beganMs] = [await metricsOf(url), edge.rssMiB(), performance.now()]
  const times = await strikes()
  const [after, seconds] = [await metricsOf(url), (performance.now() - beganMs) / 1_000]
  const rssAfter = edge.rssMiB()
  const news = await load.stop()
  await wait(settleMs)
  const heard = sum(await metricsOf(url), 'gatehouse_edge_broker_messages_total')
  const grown = (name: string) => sum(after, name) - sum(before, name)
  const delayMs = sum(after, 'nodejs_eventloop_lag_p99_seconds') * 1_000 - delayTimerMs
  say(strikeLine(`and ${screens} screens, sensors`, times, raw))
  say(
    `  sensor messages ${short(grown('gatehouse_edge_broker_messages_total') / seconds)}/s taken; ` +
      `in all ${heard} of ${news.sent}; changes recorded ${grown('gatehouse_edge_entries_total')}, ` +
      `left out ${grown('gatehouse_edge_bay_changes_shed_total')}`,
  )
  say(
    `  decisions: ${times.struck} of ${busyTaps} taps struck within two seconds, commands refused ` +
      `${grown('gatehouse_edge_commands_shed_total')}; screens lost ${news.screensLost}, told ${news.liveMessages} times`,
  )
  say(
    `  event loop p99 ${short(delayMs)} ms (its timer’s own ${delayTimerMs} ms taken off); ` +
      `RSS ${short(rssBefore)} to ${short(rssAfter)} MiB in ${short(seconds)} s`,
  )
}

function startLoad(load: WiresLoad) {
  const child: ChildProcess = fork(join(repositoryRoot, 'scripts/dist/benchmark/wires-load-process.js'), [
    JSON.stringify(load),
  ])
  const hear = async <K extends LoadNews['kind']>(kind: K) => {
    const gone = once(child, 'exit').then(() => [undefined] as const)
    const [news] = (await Promise.race([once(child, 'message'), gone])) as readonly [LoadNews | undefined]
    if (news?.kind !== kind) throw new RangeError(`the load did not say ${kind}`)
    return news as Extract<LoadNews, { kind: K }>
  }
  return {
    connected: hear('connected'),
    stop: () => {
      const stopped = hear('stopped')
      child.send('stop')
      return stopped
    },
  }
}

async function metricsOf(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text()
}

/** The value of a metric, over all its labels. */
function sum(metrics: string, name: string): number {
  const lines = metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0)
}
