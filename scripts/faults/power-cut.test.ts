import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PowerCutDisk } from './power-cut-disk.ts'
import { type CutPlan, PowerCutRun } from './power-cut-run.ts'

const seed = Number(process.env.FAULT_SEED ?? 3)
const cutsMin = 50

/** One run of a plan on a disk of its own; without root or loop devices there is only the reason. */
interface Played {
  readonly run: PowerCutRun | undefined
  readonly missing: string
}

const closing: (() => unknown)[] = []

afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

async function play(plan: CutPlan): Promise<Played> {
  const disk = PowerCutDisk.open()
  if (!disk.ok) {
    process.stdout.write(`  no power can be cut here: ${disk.error}\n`)
    return { run: undefined, missing: disk.error }
  }
  closing.push(() => disk.value.close())
  const run = await PowerCutRun.prepare(disk.value, new SeededRandom(seed), plan)
  closing.push(() => run.close())
  await run.run()
  const lost = run.cuts.map(({ lost }) => lost.length)
  const slowestMs = Math.max(...run.cuts.map(({ copiedAfterMs }) => copiedAfterMs))
  process.stdout.write(
    `  ${plan.weakness ? 'synchronous=NORMAL' : 'as shipped'}: ${run.cuts.length} cuts, ${run.answered} answers, ` +
      `${lost.filter((count) => count > 0).length} cuts with losses, at most ${Math.max(...lost)} lost, ` +
      `copied within ${slowestMs.toFixed(0)} ms\n`,
  )
  return { run, missing: '' }
}

describe(`an edge whose power is cut again and again (seed ${seed})`, () => {
  let played: Played

  beforeAll(async () => {
    played = await play({ lives: 6, cutsWhileAlive: 8 })
  }, 240_000)

  test('loses no answer it gave, over at least fifty cuts', ({ skip }) => {
    if (!played.run) return skip(played.missing)
    const { cuts } = played.run
    expect(cuts.length).toBeGreaterThanOrEqual(cutsMin)
    expect(cuts.at(-1)?.answered).toBeGreaterThan(cutsMin)
    expect(cuts.flatMap(({ lost }) => lost)).toEqual([])
  })

  test('keeps its chain, its tables and its key through every cut', ({ skip }) => {
    if (!played.run) return skip(played.missing)
    expect(played.run.cuts.flatMap(({ damage }) => damage)).toEqual([])
    const heads = played.run.cuts.map(({ headSeq }) => headSeq)
    expect(heads).toEqual([...heads].sort((a, b) => a - b))
  })

  test('sells again on what the last cut left, and surprised nobody', async ({ skip }) => {
    if (!played.run) return skip(played.missing)
    await played.run.comeBack()
    expect(played.run.visitors.surprises).toEqual([])
  }, 120_000)
})

describe('the same cuts through an edge that answers before its commits are durable', () => {
  test('lose answers: the cuts are real', async ({ skip }) => {
    const { run, missing } = await play({
      lives: 1,
      cutsWhileAlive: 7,
      weakness: { GATEHOUSE_FAULT_SYNCHRONOUS: 'NORMAL' },
    })
    if (!run) return skip(missing)
    const withLosses = run.cuts.filter(({ lost }) => lost.length > 0)
    expect(withLosses.length).toBeGreaterThan(run.cuts.length / 2)
  }, 120_000)
})
