import type { Random } from '@gatehouse/shared/random/random'
import { deviceBackoff } from './backoff.ts'
import type { ByteLink, ByteLinkHandlers } from './byte-link.ts'
import { fallingEdges, findChip } from './gpio-tools.ts'
import { type Connection, type ConnectionHandlers, createReconnectingLink } from './reconnecting-link.ts'
import { startTool, type ToolProcess } from './tool-process.ts'

/** A tool that cannot have its lines says so by ending; one that lives this long has them, milliseconds. */
const usualSettledMs = 300

/**
 * Watches lines for falling edges with `gpiomon`, which reads the kernel's own queue and its times. sysfs is no way to do
 * this: it tells that a line has changed, not how often, so that bits 1 ms apart are lost.
 */
export function createGpioMonitor(options: {
  readonly chip: string
  readonly offsets: readonly number[]
  readonly handlers: ByteLinkHandlers
  readonly random: Random
  /** A tool that lives this long has its lines; 300 ms without it. */
  readonly settledMs?: number
}): ByteLink {
  const { chip, offsets, handlers, random, settledMs = usualSettledMs } = options
  return createReconnectingLink({
    handlers,
    random,
    backoff: deviceBackoff,
    connect: (connection) => startMonitor({ chip, offsets, settledMs }, connection),
  })
}

function startMonitor(
  watched: { readonly chip: string; readonly offsets: readonly number[]; readonly settledMs: number },
  handlers: ConnectionHandlers,
): Connection {
  const { chip, offsets, settledMs } = watched
  let tool: ToolProcess | undefined
  let destroyed = false
  let settling: NodeJS.Timeout | undefined
  const begin = async () => {
    const found = await findChip(chip)
    if (destroyed) return
    if (!found.ok) return handlers.lost(found.error)
    tool = startTool('gpiomon', fallingEdges(found.value, offsets))
    settling = setTimeout(() => {
      settling = undefined
      handlers.up()
    }, settledMs)
    tool.stdout.on('data', (bytes: Uint8Array) => handlers.bytes(bytes))
    tool.on('error', () => handlers.lost('no_helper'))
    tool.on('exit', () => {
      const settled = settling === undefined
      clearTimeout(settling)
      handlers.lost(settled ? 'helper_ended' : 'lines_taken')
    })
  }
  void begin()
  return {
    write: () => false,
    destroy: () => {
      destroyed = true
      clearTimeout(settling)
      tool?.stdin.end()
    },
  }
}
