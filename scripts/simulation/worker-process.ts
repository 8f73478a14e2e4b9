import type { Diary } from './diary.ts'
import { type Plan, type RunResult, runPlan } from './run-seed.ts'
import { PowerLost } from './site-machine.ts'
import { prepareStage } from './stage.ts'

/** What the worker is asked: a plan to run, or what it did last in one that does not end. */
export type WorkerRequest = Plan | { readonly hung: string }

/** What it answers: how the plan ended, or that the simulation itself failed. */
export type WorkerAnswer = RunResult | { readonly failed: string }

/** Lines that are told of a plan that does not end. */
const lastLines = 20

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
let diary: Diary | undefined
process.on('message', async (request: WorkerRequest) => {
  if ('hung' in request) {
    // One that has ended meanwhile has answered already.
    if (diary) process.send?.({ failed: [request.hung, ...diary.lines.slice(-lastLines)].join('\n') })
    return
  }
  const result = await runPlan(stage, request, (begun) => {
    diary = begun
  }).catch((error: unknown) => ({ failed: describe(error) }))
  diary = undefined
  process.send?.(result)
})
// Ctrl-C reaches everything in a terminal; when to end is decided by whoever asks.
process.on('SIGINT', () => {})
// Whoever asks is gone: nobody hears the answers.
process.on('disconnect', () => process.exit(1))
process.send?.('ready')

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
