import { ok } from '@gatehouse/shared/result/result'
import { LineFramer } from '../drivers/line-framer.ts'
import type { ByteLink, ByteLinkHandlers } from '../transports/byte-link.ts'
import {
  type GpioKeeper,
  type GpioLines,
  type GpioPulse,
  keepGpioLines,
  type OnoffGpio,
} from '../transports/gpio-lines.ts'

/** Links a driver to the keeper of GPIO lines inside this process: the same messages, no second process. */
export function gpioLoop(lines: GpioLines, gpio: OnoffGpio) {
  return (handlers: ByteLinkHandlers): ByteLink => {
    const framer = new LineFramer()
    let keeper: GpioKeeper | undefined
    return {
      open: () => {
        handlers.onUp()
        keeper = keepGpioLines({
          lines,
          gpio,
          find: ({ offset }) => ok(512 + offset),
          say: (said) => handlers.onBytes(Buffer.from(`${JSON.stringify(said)}\n`)),
        })
      },
      write: (bytes) => {
        for (const line of framer.receive(bytes).lines) keeper?.pulse(JSON.parse(line) as GpioPulse)
        return keeper !== undefined
      },
      reset: () => {},
      close: async () => keeper?.end(),
    }
  }
}
