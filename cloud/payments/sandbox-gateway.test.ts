import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { SandboxGateway } from './sandbox-gateway.ts'

let database: TestDatabase
let gateway: SandboxGateway
beforeAll(async () => {
  database = await createTestDatabase()
  gateway = new SandboxGateway(database.pool)
})
afterAll(() => database?.close())

const charge = (idempotencyKey: string, card = 'sandbox_ok') => ({
  idempotencyKey,
  amountMinor: 1_000,
  currency: 'EUR',
  card,
})

describe('the sandbox gateway', () => {
  it('answers a repeated charge the same and refuses the key for another amount', async () => {
    expect((await gateway.authorise(charge('a'))).ok).toBe(true)
    expect((await gateway.authorise(charge('a'))).ok).toBe(true)
    await expect(gateway.authorise({ ...charge('a'), amountMinor: 2 })).rejects.toMatchObject({
      code: 'gateway_misused',
    })
  })

  it('declines the declining card for good', async () => {
    expect(await gateway.authorise(charge('b', 'sandbox_declined'))).toEqual({ ok: false, error: 'declined' })
    expect(await gateway.authorise(charge('b', 'sandbox_declined'))).toEqual({ ok: false, error: 'declined' })
    await expect(gateway.capture('b')).rejects.toMatchObject({ code: 'gateway_misused' })
  })

  it('captures once however often it is asked, and nothing that was let go', async () => {
    await gateway.authorise(charge('c'))
    await gateway.capture('c')
    await gateway.capture('c')
    await gateway.voidCharge('c')
    await gateway.authorise(charge('d'))
    await gateway.voidCharge('d')
    await expect(gateway.capture('d')).rejects.toMatchObject({ code: 'gateway_misused' })
  })

  it('never refunds more than was captured, also when refunds race', async () => {
    await gateway.authorise(charge('e'))
    await gateway.capture('e')
    const refunds = Array.from({ length: 8 }, (_, index) =>
      gateway.refund({ idempotencyKey: `e-${index}`, chargeKey: 'e', amountMinor: 300 }),
    )
    const settled = await Promise.allSettled(refunds)
    expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(3)
    const { rows } = await database.pool.query(
      `SELECT refunded_minor FROM sandbox_charge WHERE idempotency_key = 'e'`,
    )
    expect(rows).toEqual([{ refunded_minor: 900 }])
  })

  it('gives one refund key one refund', async () => {
    await gateway.authorise(charge('f'))
    await gateway.capture('f')
    const refund = { idempotencyKey: 'f-1', chargeKey: 'f', amountMinor: 600 }
    await Promise.all([gateway.refund(refund), gateway.refund(refund), gateway.refund(refund)])
    const { rows } = await database.pool.query(
      `SELECT refunded_minor FROM sandbox_charge WHERE idempotency_key = 'f'`,
    )
    expect(rows).toEqual([{ refunded_minor: 600 }])
  })
})
