import { type Plan, type RunResult, runPlan } from './run-seed.ts'
import { PowerLost } from './site-machine.ts'
import { prepareStage } from './stage.ts'

/** What the worker is asked: a plan to run. */
export type WorkerRequest = Plan

/** What it answers: how the plan ended, or that the simulation itself failed. */
export type WorkerAnswer = RunResult | { readonly failed: string }

const [databaseUrl = '', folder = ''] = process.argv.slice(2)

// Code of a life that has ended may still throw; nobody waits for it.
function heed(error: unknown): void {
  if (error instanceof PowerLost) return
  if (error instanceof TypeError && error.message.includes('database connection is not open')) return
  process.send?.({ failed: describe(error) })
}
process.on('unhandledRejection', heed)
process.on('uncaughtException', heed)

const stage = await prepareStage(databaseUrl, folder)
process.on('message', (plan: Plan) => {
  runPlan(stage, plan).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failed: describe(error) }),
  )
})
// Ctrl-C reaches everything in a terminal; when to end is decided by whoever asks.
process.on('SIGINT', () => {})
// Whoever asks is gone: nobody hears the answers.
process.on('disconnect', () => process.exit(1))
process.send?.('ready')

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
