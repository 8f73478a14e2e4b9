import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '@gatehouse/shared/result/result'

/** Where the kernel shows GPIO to programs; newer images leave it out. */
export const sysfsGpio = '/sys/class/gpio'

/** Why a line cannot be found: the kernel shows no GPIO, no chip has this label, or the chip has fewer lines. */
export type GpioLineRefusal = 'no_sysfs' | 'no_such_chip' | 'no_such_line'

/**
 * Finds the number by which sysfs knows line `offset` of the chip labelled `chip`. Numbers move between kernels
 * (chips count from 512 since 6.6), labels and offsets do not.
 */
export function findGpioNumber(
  line: { readonly chip: string; readonly offset: number },
  sysfs = sysfsGpio,
): Result<number, GpioLineRefusal> {
  if (!existsSync(sysfs)) return err('no_sysfs')
  for (const entry of readdirSync(sysfs)) {
    if (!entry.startsWith('gpiochip')) continue
    const read = (name: string) => readFileSync(join(sysfs, entry, name), 'utf8').trim()
    if (read('label') !== line.chip) continue
    const count = Number(read('ngpio'))
    return line.offset >= 0 && line.offset < count
      ? ok(Number(read('base')) + line.offset)
      : err('no_such_line')
  }
  return err('no_such_chip')
}
