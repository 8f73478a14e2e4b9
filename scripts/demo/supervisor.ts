import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { programFlags } from '../program-flags.ts'
import { repositoryRoot } from '../repository-root.ts'
import { ChildProgram } from './child-program.ts'
import { machineClock } from './child-runtime.ts'
import { listenHost, writeCloudConfig, writeEdgeConfig } from './configuration.ts'
import { type DemoSite, demoFolders, demoSites } from './demo-sites.ts'
import { type Network, openNetwork } from './network.ts'
import type { DemoOptions } from './options.ts'
import { act } from './panel-actions.ts'
import type { PanelAction, PanelAnswer, PanelState } from './panel-contract.ts'
import { type PanelServer, startPanelServer } from './panel-server.ts'
import { panelSite, StateTimes } from './panel-state.ts'
import type { DemoPorts, SitePorts } from './ports.ts'
import { demoBuses } from './site/buses.ts'
import { keyReaders } from './site/keyed-readers.ts'
import { ParkedVehicles } from './site/parked-vehicles.ts'
import { PassPhone } from './site/pass-phone.ts'
import type { RunningSite } from './site/running-site.ts'
import { SimulatedSite } from './site/simulated-site.ts'
import { SiteWatch } from './site-watch.ts'
import { TestClock } from './test-clock.ts'
import { Traffic } from './traffic.ts'
import { demoLogins } from './world/people.ts'

const cloudReadyMaxMs = 120_000
const edgeReadyMaxMs = 120_000
const historyMaxMs = 600_000
const loopback = '127.0.0.1'

export interface SupervisorOptions {
  readonly options: DemoOptions
  readonly ports: DemoPorts
  /** One line about something the person at the terminal should know. */
  readonly say: (line: string) => void
  /** Runs a part of the start under its name. */
  readonly step: <T>(name: string, run: () => Promise<T>) => Promise<T>
}

/** Owns everything a demo runs: programs, networks, simulated devices, the panel and the traffic. */
export class Supervisor {
  readonly #settings: SupervisorOptions
  readonly #undo: (() => Promise<unknown> | unknown)[] = []
  readonly #sites = new Map<string, RunningSite>()
  readonly #since = new StateTimes()
  readonly #cloud: ChildProgram
  readonly #phones: ReadonlyMap<string, PassPhone>
  #panel: PanelServer | undefined
  #traffic: Traffic | undefined
  #tourStep = 0
  #gatewayUp = true
  #stopping = false

  constructor(settings: SupervisorOptions) {
    this.#settings = settings
    const folders = demoFolders(settings.options.dataFolder)
    this.#cloud = this.#program('cloud', 'cloud-process.js', folders.cloudConfig, cloudReadyMaxMs)
    const cloudUrl = `http://${loopback}:${settings.ports.cloud}`
    const nowMs = () => machineClock.now().wallMs + this.#cloud.offsetMs
    this.#phones = new Map(
      demoLogins.flatMap(({ memberId, email }) =>
        memberId === undefined
          ? []
          : [[memberId, new PassPhone({ cloudUrl, email, nowMs, random: systemRandom })] as const],
      ),
    )
  }

  /** Starts everything and resolves once all of it is ready; stops what had started when something is not. */
  async start(): Promise<void> {
    try {
      await this.#start()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Stops everything in the reverse order. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const step of this.#undo.splice(0).reverse()) {
      await Promise.resolve(step()).catch((error: unknown) =>
        this.#settings.say(`While stopping: ${String(error)}`),
      )
    }
  }

  async #start(): Promise<void> {
    const { options, ports, step } = this.#settings
    const sites = demoSites(options.dataFolder)
    writeCloudConfig(options, ports)
    this.#undo.push(() => this.#cloud.stop())
    await step('Starting the cloud', () => this.#cloud.start())
    const networks = await Promise.all(sites.map((_site, index) => this.#network(this.#portsOf(index))))
    const { codes } = this.#cloud
    sites.forEach((site, index) => {
      writeEdgeConfig(options, site, this.#portsOf(index), codes[site.siteId])
    })
    const folders = demoFolders(options.dataFolder)
    const withoutHistory = sites.filter(({ siteId }) => !existsSync(folders.ofSite(siteId).history))
    if (withoutHistory.length > 0) {
      await step('Living through the past, once', () =>
        Promise.all(withoutHistory.map((site) => this.#liveThroughHistory(site))),
      )
    }
    await step('Starting the sites', () =>
      Promise.all(sites.map((site, index) => this.#startSite(site, this.#portsOf(index), networks[index]))),
    )
    this.#startTraffic()
    await this.#startPanel()
  }

  async #network(ports: SitePorts): Promise<Network> {
    const network = await openNetwork({
      listenPort: ports.proxy,
      host: loopback,
      targetPort: this.#settings.ports.cloud,
      wallMs: () => machineClock.now().wallMs,
    })
    this.#undo.push(() => network.close())
    return network
  }

  /** Runs the real commands of three weeks in a process of its own, before the edge itself starts. */
  async #liveThroughHistory(site: DemoSite): Promise<void> {
    const { config } = demoFolders(this.#settings.options.dataFolder).ofSite(site.siteId)
    const history = this.#program(`${site.siteId} history`, 'history-process.js', config, historyMaxMs)
    this.#undo.push(() => history.stop())
    await history.start()
    await history.stop()
  }

  async #startSite(site: DemoSite, ports: SitePorts, network: Network | undefined): Promise<void> {
    const { options } = this.#settings
    if (network === undefined) return
    const folders = demoFolders(options.dataFolder).ofSite(site.siteId)
    const edge = this.#program(site.siteId, 'edge-process.js', folders.config, edgeReadyMaxMs)
    const edgeUrl = `http://${loopback}:${ports.edge}`
    const clock = new TestClock(machineClock)
    const world = await SimulatedSite.open({
      rows: site.rows,
      buses: demoBuses(site.rows, ports.devices),
      host: loopback,
      edgeUrl,
      mqttUrl: options.mqttUrl ?? `mqtt://${loopback}:${ports.mqtt}`,
      callers: site.callers,
      parked: new ParkedVehicles(folders.parked),
      clock: { now: () => ({ ...clock.now(), wallMs: machineClock.now().wallMs + edge.offsetMs }) },
      random: systemRandom,
      onChange: () => this.#changed(),
    })
    keyReaders(folders.store, site)
    this.#undo.push(() => edge.stop())
    this.#undo.push(() => world.close())
    await edge.start()
    void world.edgeCameUp()
    const watch = new SiteWatch({
      url: edgeUrl,
      secret: site.callers.panel,
      nowMs: () => machineClock.now().wallMs + edge.offsetMs,
      onChange: () => this.#changed(),
    })
    watch.start()
    this.#undo.push(() => watch.stop())
    const { siteId, rows, callers } = site
    this.#sites.set(siteId, { siteId, rows, callers, edgeUrl, edge, network, world, watch })
  }

  #startTraffic(): void {
    const traffic = new Traffic({
      sites: [...this.#sites.values()],
      random: systemRandom,
      paused: this.#settings.options.quiet,
      onChange: () => this.#changed(),
    })
    traffic.start()
    this.#traffic = traffic
    this.#undo.push(() => traffic.stop())
  }

  async #startPanel(): Promise<void> {
    const { options, ports } = this.#settings
    const panel = await startPanelServer({
      port: ports.panel,
      host: listenHost(options),
      webFolder: join(repositoryRoot, 'scripts/demo/panel/dist/web'),
      control: { state: () => this.#state(), act: (action) => this.#act(action) },
    })
    this.#panel = panel
    this.#undo.push(() => panel.close())
  }

  #act(action: PanelAction): Promise<PanelAnswer> {
    const traffic = this.#traffic
    if (traffic === undefined) return Promise.resolve({ done: true })
    return act(
      {
        sites: this.#sites,
        cloud: this.#cloud,
        traffic,
        random: systemRandom,
        setGateway: (up) => {
          this.#gatewayUp = up
          for (const program of [this.#cloud, ...[...this.#sites.values()].map(({ edge }) => edge)]) {
            program.setGateway(up)
          }
        },
        phones: this.#phones,
        setTour: (step) => {
          this.#tourStep = step
        },
        onChange: () => this.#changed(),
      },
      action,
    )
  }

  #state(): PanelState {
    const { wallMs } = machineClock.now()
    const url = `http://${loopback}:${this.#settings.ports.cloud}`
    // In the order of the world, not in that in which the edges came up.
    const order = this.#settings.ports.sites.map((site) => `http://${loopback}:${site.edge}`)
    const sites = [...this.#sites.values()].sort(
      (a, b) => order.indexOf(a.edgeUrl) - order.indexOf(b.edgeUrl),
    )
    return {
      sites: sites.map((site) => panelSite(site, wallMs, this.#since)),
      traffic: { paused: this.#traffic?.paused ?? true },
      gateway: this.#gatewayUp ? 'up' : 'down',
      cloud: { state: this.#cloud.state, url: `${url}/`, memberAppUrl: `${url}/app`, hqUrl: `${url}/hq` },
      tour: { step: this.#tourStep },
    }
  }

  #portsOf(index: number): SitePorts {
    const ports = this.#settings.ports.sites[index]
    if (ports === undefined) throw new TypeError(`no ports were laid out for site ${index}`)
    return ports
  }

  #changed(): void {
    this.#panel?.changed()
  }

  #program(name: string, program: string, config: string, readyMaxMs: number): ChildProgram {
    const { options, say } = this.#settings
    return new ChildProgram({
      name,
      program: join(repositoryRoot, 'scripts/dist/demo', program),
      flags: programFlags(program === 'cloud-process.js' ? 'cloud' : 'edge'),
      args: [`--config=${config}`],
      logFile: join(demoFolders(options.dataFolder).logs, `${name.replaceAll(' ', '-')}.log`),
      readyMaxMs,
      onCrash: (how) => {
        if (this.#stopping) return
        say(
          `${name} has ended (${how}). Restart it on the simulator panel, or stop with Ctrl-C and start again.`,
        )
      },
      onChange: () => this.#changed(),
    })
  }
}
