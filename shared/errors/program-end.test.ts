import { parseArgs } from 'node:util'
import { describe, expect, test } from 'vitest'
import { programEnd } from './program-end.ts'
import { SiteError } from './site-error.ts'

const usage = 'program --config FILE'

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}

describe('a program that threw', () => {
  test('names the option that it does not know, shows its usage and ends with 2', () => {
    const error = thrownBy(() => parseArgs({ args: ['--frsh'], options: {} }))
    const { text, exitCode } = programEnd(error, usage)
    expect(exitCode).toBe(2)
    expect(text).toContain('--frsh')
    expect(text.endsWith(`\n\n${usage}\n`)).toBe(true)
  })

  test('says what a person can do about a failure of operation and ends with 1', () => {
    const hint = 'Make room on the disk.'
    const error = new SiteError({ code: 'store_full', op: 'ledger.append', hint, retryable: true })
    expect(programEnd(error, usage)).toEqual({ text: `${hint}\n`, exitCode: 1 })
  })

  test('shows a bug as it is and ends with 1', () => {
    expect(programEnd(new RangeError('off by one'), usage)).toEqual({
      text: 'RangeError: off by one\n',
      exitCode: 1,
    })
  })
})
