import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findGpioNumber } from './gpio-chip.ts'

const sysfs = mkdtempSync(join(tmpdir(), 'gatehouse-gpio-'))
afterAll(() => rmSync(sysfs, { recursive: true }))
const addChip = (name: string, label: string, base: number, count: number) => {
  mkdirSync(join(sysfs, name))
  writeFileSync(join(sysfs, name, 'label'), `${label}\n`)
  writeFileSync(join(sysfs, name, 'base'), `${base}\n`)
  writeFileSync(join(sysfs, name, 'ngpio'), `${count}\n`)
}
addChip('gpiochip512', 'pinctrl-bcm2711', 512, 58)
addChip('gpiochip570', 'raspberrypi-exp-gpio', 570, 8)
mkdirSync(join(sysfs, 'gpio529'))

test('finds a line by the label of its chip and its offset', () => {
  expect(findGpioNumber({ chip: 'pinctrl-bcm2711', offset: 17 }, sysfs)).toEqual({ ok: true, value: 529 })
  expect(findGpioNumber({ chip: 'raspberrypi-exp-gpio', offset: 7 }, sysfs)).toEqual({ ok: true, value: 577 })
})

test('refuses a label that no chip has, a line beyond the chip, and a kernel without sysfs', () => {
  expect(findGpioNumber({ chip: 'pinctrl', offset: 1 }, sysfs)).toEqual({ ok: false, error: 'no_such_chip' })
  expect(findGpioNumber({ chip: 'raspberrypi-exp-gpio', offset: 8 }, sysfs)).toEqual({
    ok: false,
    error: 'no_such_line',
  })
  expect(findGpioNumber({ chip: 'x', offset: 1 }, join(sysfs, 'nowhere'))).toEqual({
    ok: false,
    error: 'no_sysfs',
  })
})
