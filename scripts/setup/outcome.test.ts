import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../repository-root.ts'
import { outcomeOf, together } from './outcome.ts'

const passedTest = { fullName: 'a door opens', status: 'passed' }
const failedTest = {
  fullName: 'a gate opens',
  status: 'failed',
  failureMessages: ['\u001b[31mexpected 1\u001b[39m\n    at gate.test.ts:3'],
}

function counts(failed: number, testResults: readonly object[]): string {
  const numbers = { numPassedTests: 1, numFailedTests: failed, numPendingTests: 2 }
  return JSON.stringify({ ...numbers, testResults })
}

describe('what a check came to', () => {
  it('is one passed or failed for a check without counts', () => {
    expect(outcomeOf('Lint', 0, undefined)).toEqual({ passed: 1, failed: 0, skipped: 0, failures: [] })
    expect(outcomeOf('Lint', 1, undefined)).toMatchObject({
      passed: 0,
      failed: 1,
      failures: ['Lint: see above'],
    })
  })

  it('names each failed test with the first line of why', () => {
    const file = { name: join(repositoryRoot, 'edge/gate.test.ts'), status: 'failed' }
    const written = counts(1, [{ ...file, assertionResults: [passedTest, failedTest] }])
    expect(outcomeOf('Tests', 1, written)).toEqual({
      ...{ passed: 1, failed: 1, skipped: 2 },
      failures: ['edge/gate.test.ts: a gate opens: expected 1'],
    })
  })

  it('names a file that does not load', () => {
    const file = {
      name: join(repositoryRoot, 'edge/gate.test.ts'),
      status: 'failed',
      message: 'no such module',
    }
    const outcome = outcomeOf('Tests', 1, counts(0, [{ ...file, assertionResults: [] }]))
    expect(outcome).toMatchObject({ failed: 1, failures: ['edge/gate.test.ts: no such module'] })
  })

  it('is a failure when the program fails after all its tests passed', () => {
    const outcome = outcomeOf('Tests', 7, counts(0, []))
    expect(outcome).toMatchObject({ passed: 1, failed: 1, failures: ['Tests: see above'] })
  })

  it('adds up over checks', () => {
    const sum = together(outcomeOf('Lint', 1, undefined), outcomeOf('Tests', 0, counts(0, [])))
    expect(sum).toEqual({ passed: 1, failed: 1, skipped: 2, failures: ['Lint: see above'] })
  })
})
