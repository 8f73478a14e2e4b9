import type { PaymentGateway } from '@gatehouse/cloud/payments/gateway'
import type { CardGateway } from '@gatehouse/edge/drawer/card-gateway'
import { SiteError } from '@gatehouse/shared/errors/site-error'

/** The line to the sandbox card gateway, which the panel takes down and up; a dead line fails as a real one does. */
export class GatewaySwitch {
  #up: boolean

  constructor(up: boolean) {
    this.#up = up
  }

  set(up: boolean): void {
    this.#up = up
  }

  /** An edge's gateway behind this line. */
  aroundSite(gateway: CardGateway): CardGateway {
    return {
      authorise: (asked) => this.#call(() => gateway.authorise(asked)),
      capture: (paymentId) => this.#call(() => gateway.capture(paymentId)),
      release: (paymentId) => this.#call(() => gateway.release(paymentId)),
      refund: (asked) => this.#call(() => gateway.refund(asked)),
    }
  }

  /** The cloud's gateway behind this line. */
  aroundCloud(gateway: PaymentGateway): PaymentGateway {
    return {
      authorise: (asked) => this.#call(() => gateway.authorise(asked)),
      capture: (key) => this.#call(() => gateway.capture(key)),
      voidCharge: (key) => this.#call(() => gateway.voidCharge(key)),
      refund: (asked) => this.#call(() => gateway.refund(asked)),
    }
  }

  async #call<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.#up) return ask()
    const hint = 'The card gateway does not answer.'
    throw new SiteError({ code: 'gateway_unreachable', op: 'demo.gateway', hint, retryable: true })
  }
}
