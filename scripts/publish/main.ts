import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { connectAsync } from 'mqtt'
import { demoSites, demoWires } from '../demo/demo-sites.ts'
import { parseDemoOptions } from '../demo/options.ts'
import { demoPorts } from '../demo/ports.ts'

/** What the bridge's credential may publish under. */
const baseTopic = 'zigbee2mqtt/'
const usage = `npm run demo:publish -- TOPIC JSON
Publishes one message at Quay Street Garage of the running demo, as its zigbee bridge; topics begin with ${baseTopic}`

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Publishes what the command line says on the garage's broker, with the bridge's own credential. */
async function main(): Promise<number> {
  const [topic, payload] = process.argv.slice(2)
  if (topic === undefined || payload === undefined) {
    process.stdout.write(`${usage}\n`)
    return 2
  }
  if (!topic.startsWith(baseTopic) || !isJson(payload)) {
    const problem = isJson(payload)
      ? `The topic must begin with ${baseTopic}`
      : `This is not JSON: ${payload}`
    process.stderr.write(`${problem}\n\n${usage}\n`)
    return 2
  }
  const options = parseDemoOptions([], process.env)
  const place = demoSites(options.dataFolder).findIndex(({ siteId }) => siteId === 'quay-street')
  const secret = demoSites(options.dataFolder)[place]?.callers.devices.get('bridge-zigbee') ?? ''
  const port = demoPorts(options.cloudPort, options.edgePortBase, demoWires).sites[place]?.mqtt
  const client = await connectAsync(options.mqttUrl ?? `mqtt://127.0.0.1:${port}`, {
    username: 'bridge-zigbee',
    password: secret,
    connectTimeout: 3_000,
    reconnectPeriod: 0,
  })
  await client.publishAsync(topic, payload, { qos: 1 })
  await client.endAsync()
  process.stdout.write(`published on ${topic}\n`)
  return 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(
      `${isSiteError(error) ? error.hint : String(error)}\nIs the demo running (./scripts/start)?\n`,
    )
    process.exit(1)
  },
)
