import type { DemoContent } from '@gatehouse/shared/api/demo-content'
import { Hono } from 'hono'
import type { DemoSite } from './demo-sites.ts'
import type { DemoPorts } from './ports.ts'
import { demoLogins, demoPassword } from './world/people.ts'
import { rowsOf } from './world/rows.ts'

const notes: Readonly<Record<string, { readonly en: string; readonly de: string }>> = {
  'member@demo.example': {
    en: 'Resident plan, card and PIN on the simulator panel',
    de: 'Tarif Resident, Karte und PIN auf der Simulatortafel',
  },
  'harbour@demo.example': { en: 'Runs Harbour House', de: 'Leitet Harbour House' },
  'garage@demo.example': { en: 'Runs Quay Street Garage', de: 'Leitet Quay Street Garage' },
  'hq@demo.example': { en: 'Sees every site', de: 'Sieht jeden Standort' },
}

/** What the front door shows about this demo: addresses, paired kiosks, log-ins. */
export function demoContent(sites: readonly DemoSite[], ports: DemoPorts, host: string): DemoContent {
  return {
    panelUrl: `http://${host}:${ports.panel}/`,
    sites: sites.map(({ siteId, rows, callers }, index) => {
      const [site] = rowsOf(rows, 'site')
      const edgeUrl = `http://${host}:${ports.sites[index]?.edge}`
      return {
        siteId,
        name: site?.body.name ?? siteId,
        kind: site?.body.kind ?? 'coworking',
        kioskUrl: `${edgeUrl}/#key=${callers.kiosk}`,
        adminUrl: `${edgeUrl}/admin`,
        boardUrl: `${edgeUrl}/board#key=${callers.board}`,
      }
    }),
    logins: demoLogins.map(({ email, name, role }) => {
      const note = notes[email]
      return {
        role,
        displayName: name,
        email,
        password: demoPassword,
        ...(note === undefined ? {} : { note }),
      }
    }),
  }
}

/** `GET /demo.json`; answers only under the names that the demo itself uses, because it holds pairing keys. */
export function demoContentRoutes(
  sites: readonly DemoSite[],
  ports: DemoPorts,
  hosts: readonly string[],
): Hono {
  const app = new Hono()
  app.get('/demo.json', (context) => {
    const [host = ''] = (context.req.header('host') ?? '').split(':')
    if (!hosts.includes(host)) return context.notFound()
    context.header('cache-control', 'no-store')
    return context.json(demoContent(sites, ports, host))
  })
  return app
}
