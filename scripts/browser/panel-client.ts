import {
  type PanelActionInput,
  type PanelAnswer,
  type PanelSite,
  type PanelState,
  panelAnswerSchema,
  panelStateSchema,
} from '../demo/panel-contract.ts'
import { notSeen, until } from './until.ts'

/** Speaks to a demo's simulator panel as its page does. */
export class PanelClient {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async state(): Promise<PanelState> {
    return panelStateSchema.parse(await (await fetch(`${this.#url}/api/state`)).json())
  }

  /** The site as the panel shows it; throws `not_seen` for an unknown one. */
  async site(siteId: string): Promise<PanelSite> {
    const { sites } = await this.state()
    const site = sites.find((one) => one.siteId === siteId)
    if (site === undefined) throw notSeen(`the panel knows no site ${siteId}`)
    return site
  }

  /** Does what a person at the panel does; throws `not_seen` with the panel's words when it refuses. */
  async act(action: PanelActionInput): Promise<PanelAnswer> {
    const response = await fetch(`${this.#url}/api/actions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    })
    const body: unknown = await response.json()
    if (!response.ok) throw notSeen(`the panel refused ${action.kind}: ${JSON.stringify(body)}`)
    return panelAnswerSchema.parse(body)
  }

  /** Waits until a site looks as wished. */
  async sees(what: string, siteId: string, wished: (site: PanelSite) => boolean, maxMs?: number) {
    return await until(
      what,
      async () => {
        const site = await this.site(siteId)
        return wished(site) ? site : undefined
      },
      maxMs,
    )
  }
}
