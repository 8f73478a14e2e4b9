import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { CardAuthorisation, CardGateway, CardRefund } from './card-gateway.ts'
import { SandboxGateway } from './sandbox-gateway.ts'

/**
 * The way to the sandbox gateway. Like the line to a real one it may fail: the gateway's file shares the
 * site's disk, and a full or broken disk must look like a gateway that cannot be reached, not like a bug.
 */
export class SandboxConnection implements CardGateway {
  readonly #path: string
  #gateway: SandboxGateway | undefined

  constructor(path: string) {
    this.#path = path
  }

  authorise(authorisation: CardAuthorisation): Promise<'authorised' | 'declined'> {
    return this.#call('authorise', (gateway) => gateway.authorise(authorisation))
  }

  capture(paymentId: string): Promise<'captured' | 'gone'> {
    return this.#call('capture', (gateway) => gateway.capture(paymentId))
  }

  release(paymentId: string): Promise<void> {
    return this.#call('release', (gateway) => gateway.release(paymentId))
  }

  refund(refund: CardRefund): Promise<'refunded' | 'refused'> {
    return this.#call('refund', (gateway) => gateway.refund(refund))
  }

  close(): void {
    this.#gateway?.close()
    this.#gateway = undefined
  }

  async #call<Answer>(op: string, ask: (gateway: SandboxGateway) => Promise<Answer>): Promise<Answer> {
    try {
      this.#gateway ??= new SandboxGateway(this.#path)
      return await ask(this.#gateway)
    } catch (cause) {
      const hint = 'The sandbox card gateway cannot use its file; look at the disk of this machine.'
      throw new SiteError({
        code: 'gateway_unreachable',
        op: `gateway.${op}`,
        hint,
        retryable: true,
        cause,
      })
    }
  }
}
