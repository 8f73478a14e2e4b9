import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, expect, test, vi } from 'vitest'
import { type GpioToolsDouble, gpioToolsDouble, untilGo } from '../testing/gpio-tools-double.ts'
import { Heard } from '../testing/hub-harness.ts'
import type { GpioKeeper, GpioSaid } from './gpio-lines.ts'
import { keepGpioToolLines } from './gpio-tool-lines.ts'
import { findChip, timedPulse } from './gpio-tools.ts'

let tools: GpioToolsDouble | undefined
let keeper: GpioKeeper | undefined
afterEach(async () => {
  await keeper?.end()
  keeper = undefined
  tools?.remove()
  tools = undefined
})

const lines = {
  chip: 'board',
  outputs: { 1: 17 },
  inputs: { 1: 22, 2: 23 },
  outputsActiveLow: true,
  inputsActiveLow: true,
}

/** gpioset as the kernel would have it: it holds its line, or is on for as long as it was told. */
const gpioset =
  'case "$*" in *toggle*) exec sleep 0.2;; *mode=time*) exec sleep 0.2;; *mode=exit*) exit 0;; esac; exec sleep 60'

/** gpioset with a line that one process can have at a time, and that is free a while after its process was told to end. */
const slowToLetGo = `line="$(dirname "$0")/line"
trap 'sleep 0.3; rmdir "$line"; exit 0' TERM
mkdir "$line" || exit 1
case "$*" in *=1) ${untilGo};; *mode=exit*) ;; *) while :; do sleep 0.05; done;; esac
rmdir "$line"`

interface Keeping {
  readonly gpioset?: string
  readonly gpiomon?: string
  readonly gpioget?: string
  readonly confirmedMs?: number
  /** The tools count as settled when they have said that they cannot go on, else when the output is held. */
  readonly untilBroken?: boolean
}

async function keep(version: string, scripts: Keeping = {}) {
  const double = gpioToolsDouble(version)
  tools = double
  double.script('gpioset', scripts.gpioset ?? gpioset)
  double.script('gpiomon', scripts.gpiomon ?? 'exec sleep 60')
  double.script('gpioget', scripts.gpioget ?? 'echo 1 0')
  const found = await findChip('board')
  if (!found.ok) throw new RangeError(found.error)
  const said = new Heard<GpioSaid | string>()
  const onBroken = (reason: string) => said.add(reason)
  const settling = async () => {
    if (scripts.untilBroken) await said.next((one) => typeof one === 'string')
    else await vi.waitFor(() => expect(ofSet(double)).toHaveLength(1), 4_000)
  }
  const options = { lines, found: found.value, say: said.add, onBroken, settling }
  const { confirmedMs } = scripts
  keeper = await keepGpioToolLines(confirmedMs === undefined ? options : { ...options, confirmedMs })
  return { double, said, keeper }
}
const ofSet = (double: GpioToolsDouble) => double.calls().filter((call) => call.startsWith('gpioset'))

test.each([
  [
    '2.2.1',
    'gpioset --chip gpiochip3 --active-low 17=0',
    ['gpioset --chip gpiochip3 --active-low --toggle 200ms,0 17=1'],
  ],
  [
    '1.6.3',
    'gpioset --mode=signal --active-low gpiochip3 17=0',
    [
      'gpioset --mode=time --sec=0 --usec=200000 --active-low gpiochip3 17=1',
      'gpioset --mode=exit --active-low gpiochip3 17=0',
    ],
  ],
])('version %s: an output rests, is on for its pulse, and rests again', async (version, rest, pulse) => {
  const { double, said, keeper: held } = await keep(version)
  held.pulse({ id: 1, channel: 1, pulseMs: 200 })
  expect(await said.next((one) => typeof one === 'object' && one.kind === 'ended')).toMatchObject({
    outcome: 'done',
  })
  await vi.waitFor(() => expect(ofSet(double)).toEqual([rest, ...pulse, rest]), 3_000)
})

test.each([
  ['2.2.1', ['toggle', 'toggle', 'held']],
  ['1.6.3', ['time', 'exit', 'time', 'exit', 'held']],
])(
  'version %s: a pulse that is replaced has let its line go before the next one asks for it',
  async (version, after) => {
    const { double, said, keeper: held } = await keep(version, { gpioset: slowToLetGo })
    const done = (id: number) =>
      said.next((one) => typeof one === 'object' && one.kind === 'ended' && one.id === id)
    held.pulse({ id: 1, channel: 1, pulseMs: 30_000 })
    expect(await done(1)).toMatchObject({ outcome: 'done' })
    await vi.waitFor(() => expect(ofSet(double)).toHaveLength(2), 3_000)
    held.pulse({ id: 2, channel: 1, pulseMs: 30_000 })
    expect(await done(2)).toMatchObject({ outcome: 'done' })
    double.go()
    const kinds = () => ofSet(double).map((call) => /toggle|time|exit/.exec(call)?.[0] ?? 'held')
    await vi.waitFor(() => expect(kinds()).toEqual(['held', ...after]), 3_000)
    expect(said.all.filter((one) => typeof one === 'string')).toEqual([])
  },
)

test('says the inputs as they are, then each change once, without bounce', async () => {
  const gpiomon = `${untilGo}; printf '22 2\\n22 1\\n22 2\\n23 2\\n99 1\\nnonsense\\n'; exec sleep 60`
  const { double, said } = await keep('2.2.1', { gpiomon })
  double.go()
  await said.next(
    (one) => typeof one === 'object' && one.kind === 'input' && one.channel === 1 && !one.closed,
  )
  expect(said.all).toEqual([
    { kind: 'ready' },
    { kind: 'input', channel: 1, closed: true },
    { kind: 'input', channel: 2, closed: false },
    { kind: 'input', channel: 1, closed: false },
  ])
})

test('end waits for a pulse that runs and starts nothing after it', async () => {
  const runs = `case "$*" in *toggle*) ${untilGo}; exit 0;; esac; exec sleep 60`
  const { double, said, keeper: held } = await keep('2.2.1', { gpioset: runs })
  held.pulse({ id: 1, channel: 1, pulseMs: 200 })
  await said.next((one) => typeof one === 'object' && one.kind === 'ended')
  const end = held.end()
  double.go()
  await end
  expect(ofSet(double)).toHaveLength(2)
})

test('refuses a channel that is none and a pulse without end, and a line that something else took meanwhile', async () => {
  const { double, said, keeper: held } = await keep('2.2.1', { confirmedMs: 60_000 })
  double.script('gpioset', 'case "$*" in *toggle*) exit 1;; esac; exec sleep 60')
  held.pulse({ id: 1, channel: 9, pulseMs: 200 })
  held.pulse({ id: 2, channel: 1, pulseMs: Number.POSITIVE_INFINITY })
  held.pulse({ id: 3, channel: 1, pulseMs: 200 })
  await said.next((one) => typeof one === 'object' && one.kind === 'ended' && one.id === 3)
  const ends = said.all.flatMap((one) =>
    typeof one === 'object' && one.kind === 'ended' ? [one.detail] : [],
  )
  expect(ends).toEqual(['no_such_channel', 'wrong_pulse', 'lines_taken'])
})

test.each([
  ['its lines are taken', { gpioset: 'exit 1', untilBroken: true }, 'lines_taken'],
  ['its inputs cannot be read', { gpioget: 'exit 1' }, 'lines_taken'],
  ['the watcher dies', { gpiomon: `${untilGo}; exit 0` }, 'helper_ended'],
])('gives up, to be started again, when %s', async (_what, scripts, reason) => {
  const { double, said } = await keep('2.2.1', scripts)
  double.go()
  expect(await said.next((one) => typeof one === 'string')).toBe(reason)
})

test('splits a pulse into seconds and microseconds for the older tools', () => {
  const random = new SeededRandom(3)
  for (let n = 0; n < 100; n += 1) {
    const pulseMs = 1 + random.bytes(2).reduce((sum, byte) => sum * 256 + byte, 0) / 4
    const { args } = timedPulse({ version: 1, chip: 'gpiochip0' }, { offset: 1, activeLow: false }, pulseMs)
    const [seconds, microseconds] = args.slice(3, 5).map(Number)
    expect(Math.abs((seconds ?? 0) * 1_000 + (microseconds ?? 0) / 1_000 - pulseMs)).toBeLessThan(0.001)
    expect(microseconds).toBeLessThan(1_000_000)
  }
})
