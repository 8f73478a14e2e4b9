import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { expect, test } from 'vitest'
import { SandboxConnection } from './sandbox-connection.ts'

const asked = { paymentId: 'pay_1', amountMinor: 500, currency: 'EUR', card: 'sandbox_ok' }

test('a file that cannot be used is a gateway out of reach, and is tried again with the next call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  const broken = new SandboxConnection(join(folder, 'missing', 'gateway.sqlite'))
  for (const call of [
    () => broken.authorise(asked),
    () => broken.capture('pay_1'),
    () => broken.release('pay_1'),
    () => broken.refund({ refundId: 'ref_1', paymentId: 'pay_1', amountMinor: 1 }),
  ]) {
    const error = await call().catch((caught: unknown) => caught)
    expect(isSiteError(error) && [error.code, error.retryable]).toEqual(['gateway_unreachable', true])
  }
})

test('forwards every call to the gateway it opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  const connection = new SandboxConnection(join(folder, 'gateway.sqlite'))
  expect(await connection.authorise(asked)).toBe('authorised')
  expect(await connection.capture('pay_1')).toBe('captured')
  expect(await connection.refund({ refundId: 'ref_1', paymentId: 'pay_1', amountMinor: 500 })).toBe(
    'refunded',
  )
  await connection.release('pay_1')
  expect(await connection.capture('pay_1')).toBe('captured')
  connection.close()
})
