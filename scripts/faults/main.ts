import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { type Failpoint, failpointNames } from '@gatehouse/edge/ledger/failpoints'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { z } from 'zod'
import type { EdgeReady } from './edge-life.ts'

/** `GATEHOUSE_FAULT=<failpoint>:<n>` kills the process at the n-th time it comes there. */
const faultSchema = z.object({ name: z.enum(failpointNames), nth: z.coerce.number().int().min(1) })

function dyingAt(text: string | undefined): Failpoint | undefined {
  if (text === undefined) return undefined
  const [name, nth] = text.split(':')
  const fault = faultSchema.parse({ name, nth })
  let hits = 0
  return (reached) => {
    if (reached !== fault.name) return
    hits += 1
    // The signal is delivered before this call returns: nothing after it runs.
    if (hits === fault.nth) process.kill(process.pid, 'SIGKILL')
  }
}

/** `GATEHOUSE_FAULT_SYNCHRONOUS=NORMAL`: commits are answered before they are durable, as the product never does. */
const synchronousSchema = z.literal('NORMAL').optional()

// The real edge program, except that it can die at a numbered place and can be made to lose what it answered.
const path = process.argv[2] ?? ''
const config = readEdgeConfig(path)
if (isConfigProblem(config)) {
  const hint = `${path} cannot be used: ${config.lines.join('; ')}`
  throw new SiteError({ code: 'config_invalid', op: 'faults.edge', hint, retryable: false })
}
const failpoint = dyingAt(process.env.GATEHOUSE_FAULT)
const program = await startEdge(config, { ...systemAdapters(config), ...(failpoint && { failpoint }) })
process.once('disconnect', () => process.exit(0))
process.once('SIGTERM', () => void program.stop().then(() => process.exit(0)))
await program.ready
const synchronous = synchronousSchema.parse(process.env.GATEHOUSE_FAULT_SYNCHRONOUS)
if (synchronous !== undefined) program.site?.kernel.db.pragma(`synchronous = ${synchronous}`)
const ready: EdgeReady = { headSeq: program.site?.kernel.head.seq ?? 0 }
process.send?.(ready)
