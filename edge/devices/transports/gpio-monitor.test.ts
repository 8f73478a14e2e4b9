import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, expect, test, vi } from 'vitest'
import { type GpioToolsDouble, gpioToolsDouble, untilGo } from '../testing/gpio-tools-double.ts'
import { Heard } from '../testing/hub-harness.ts'
import type { ByteLink } from './byte-link.ts'
import { createGpioMonitor } from './gpio-monitor.ts'
import { chipWithLabel, toolsVersion } from './gpio-tools.ts'
import { startTool } from './tool-process.ts'

let tools: GpioToolsDouble | undefined
let link: ByteLink | undefined
afterEach(async () => {
  await end()
})

async function end() {
  await link?.close()
  tools?.remove()
  tools = undefined
}

function watch(version: string, script?: string, chip = 'board', settledMs = 300) {
  const double = gpioToolsDouble(version)
  tools = double
  if (script !== undefined) double.script('gpiomon', script)
  const said = new Heard<string>()
  link = createGpioMonitor({
    ...{ chip, offsets: [5, 6], random: new SeededRandom(1), settledMs },
    handlers: {
      onUp: () => said.add('up'),
      onBytes: (bytes) => said.add(Buffer.from(bytes).toString().trim()),
      onDown: (reason) => said.add(reason),
    },
  })
  link.open()
  return { double, said }
}

test.each([
  ['1.6.3', 'gpiomon --falling-edge --line-buffered --bias=pull-up --format=%o %s %n gpiochip3 5 6'],
  ['2.2.1', 'gpiomon --chip gpiochip3 --edges falling --bias pull-up --format %o %S 5 6'],
])('asks version %s in its own words, and hands on what it writes', async (version, expected) => {
  const { double, said } = watch(version, `${untilGo}; echo '5 1.000000002'; exec sleep 60`)
  await said.next((line) => line === 'up')
  double.go()
  await said.next((line) => line === '5 1.000000002')
  expect(said.all[0]).toBe('up')
  expect(double.calls()).toContain(expected)
})

test('is started again when it ends, and says so', async () => {
  const { double, said } = watch('2.2.1', `${untilGo}; rm "$(dirname "$0")/go"`)
  await said.next((line) => line === 'up')
  double.go()
  await said.next((line) => line === 'helper_ended')
  await said.next((line) => line === 'up', said.all.indexOf('helper_ended'))
})

test('says what is missing: the lines, the chip, the tools', async () => {
  const refused = watch('2.2.1', 'exit 1', 'board', 60_000)
  expect(await refused.said.next(() => true)).toBe('lines_taken')
  await end()
  const strange = watch('2.2.1', undefined, 'nowhere')
  expect(await strange.said.next(() => true)).toBe('no_such_chip')
  await end()
  const absent = watch('99.0')
  expect(await absent.said.next(() => true)).toBe('no_gpio_tools')
})

test('a tool ends with the program that started it, however that ended', async () => {
  tools = gpioToolsDouble('2.2.1')
  const mark = join(tools.folder, 'ended')
  tools.script('gpiomon', `trap 'echo yes >"${mark}"; exit 0' TERM\nwhile :; do sleep 0.05; done`)
  const child = startTool('gpiomon', [])
  await vi.waitFor(() => expect(tools?.calls().join()).toContain('gpiomon'))
  // The kernel closes the pipes of a killed process, as is done here.
  child.stdin.destroy()
  await new Promise((resolve) => child.on('exit', resolve))
  await vi.waitFor(() => expect(existsSync(mark) && readFileSync(mark, 'utf8')).toBe('yes\n'))
})

test('reads versions and chips as the tools write them', () => {
  expect(toolsVersion('gpiomon (libgpiod) v1.6.3\nCopyright')).toBe(1)
  expect(toolsVersion('gpiomon (libgpiod) v2.2')).toBe(2)
  for (const text of ['', 'v2', 'gpiomon (libgpiod) v3.0', 'gpiomon (libgpiod) vX']) {
    expect(toolsVersion(text)).toBeUndefined()
  }
  const listed = 'gpiochip0 [pinctrl-bcm2711] (58 lines)\ngpiochip1 [raspberrypi-exp-gpio] (8 lines)\n'
  expect(chipWithLabel(listed, 'raspberrypi-exp-gpio')).toBe('gpiochip1')
  expect(chipWithLabel(listed, 'gpiochip1')).toBeUndefined()
  expect(chipWithLabel('', '')).toBeUndefined()
})
