import type { DeviceLogger } from '../ports/device-logger.ts'
import type { IoBoard } from '../ports/io-board.ts'

/** Which lines of which chip. Channels of device rows → line offsets. */
export interface GpioLines {
  readonly chip: string
  readonly outputs: Readonly<Record<string, number>>
  readonly inputs: Readonly<Record<string, number>>
  readonly outputsActiveLow: boolean
  readonly inputsActiveLow: boolean
}

/** GPIO lines of this computer behind the port of relay boards. */
export interface GpioBoard extends IoBoard {
  open(): void
  close(): Promise<void>
}

/** Opens GPIO lines; `unit` of a terminal plays no part. */
export function createGpioBoard(_options: {
  readonly bus: string
  readonly config: GpioLines
  readonly logger: DeviceLogger
}): GpioBoard {
  return {
    open: () => {},
    close: async () => {},
    pulse: async () => ({ outcome: 'failed', detail: 'no_gpio' }),
    watch: () => () => {},
    onPresence: (_unit, listener) => {
      listener({ online: false, detail: 'no_gpio' })
      return () => {}
    },
  }
}
