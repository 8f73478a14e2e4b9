import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'
import { repositoryRoot } from '../repository-root.ts'

/** What checks came to, in tests; a check without counts of its own counts as one. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What failed, a line each with the first line of why: the output above may be cut off where somebody reads it. */
  readonly failures: readonly string[]
}

const testFileSchema = z.object({
  name: z.string(),
  status: z.string(),
  message: z.string().default(''),
  assertionResults: z.array(
    z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
  ),
})

const countsSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(testFileSchema).default([]),
})

/**
 * Reads what a check came to from its exit code and, where it wrote them, its counts (JSON in the shape of vitest's).
 * A run that fails without a failed test (a file that does not load, say) is still a failure.
 */
export function outcomeOf(check: string, code: number, counts: string | undefined): Outcome {
  const aside = [`${check}: see above`]
  if (counts === undefined) {
    return code === 0
      ? { passed: 1, failed: 0, skipped: 0, failures: [] }
      : { passed: 0, failed: 1, skipped: 0, failures: aside }
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = countsSchema.parse(
    JSON.parse(counts),
  )
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests
  const named = testResults.flatMap(failuresOf)
  const failures = failed > 0 && named.length === 0 ? aside : named
  return { passed: numPassedTests, failed, skipped: numPendingTests, failures }
}

/** Adds up what two checks came to. */
export function together(one: Outcome, other: Outcome): Outcome {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    failures: [...one.failures, ...other.failures],
  }
}

function failuresOf({ name, status, message, assertionResults }: z.infer<typeof testFileSchema>): string[] {
  const file = relative(repositoryRoot, name)
  const failed = assertionResults.filter((test) => test.status === 'failed')
  if (failed.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : []
  return failed.map((test) => `${file}: ${test.fullName}: ${firstLine(test.failureMessages[0] ?? '')}`)
}

function firstLine(message: string): string {
  return stripVTControlCharacters(message).split('\n', 1)[0] ?? ''
}
