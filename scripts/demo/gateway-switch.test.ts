import type { CardGateway } from '@gatehouse/edge/drawer/card-gateway'
import { expect, test } from 'vitest'
import { GatewaySwitch } from './gateway-switch.ts'

test('a gateway that was taken down asks nobody, and answers again when it is up', async () => {
  const asked: string[] = []
  const gateway = {
    capture: async (paymentId: string) => {
      asked.push(paymentId)
      return 'captured' as const
    },
  } as CardGateway
  const line = new GatewaySwitch(false)
  const behind = line.aroundSite(gateway)
  const down = { code: 'gateway_unreachable', retryable: true }
  await expect(behind.capture('pay_1')).rejects.toMatchObject(down)
  expect(asked).toEqual([])
  line.set(true)
  expect(await behind.capture('pay_1')).toBe('captured')
})
