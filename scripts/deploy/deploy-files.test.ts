import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readCloudConfig } from '@gatehouse/cloud/config'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { repositoryRoot } from '../repository-root.ts'
import { frontEnds } from '../setup/front-ends.ts'

const folder = join(repositoryRoot, 'scripts/deploy')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const inRepository = (path: string) => existsSync(join(repositoryRoot, path))

/** What a build makes has a source beside it: `cloud/dist/main.js` comes from `cloud/main.ts`. */
function isBuilt(path: string): boolean {
  return inRepository(path.replace('/dist/', '/').replace(/\.js$/, '.ts'))
}

const packageScripts = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))).scripts

/** Every `npm run x` of a text has to be a script. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '')
}

/** Names of variables that some program of ours reads. */
function readsVariable(name: string): boolean {
  const sources = ['cloud/config.ts', 'scripts/deploy/run-watched', 'scripts/deploy/compose.yaml']
  return sources.some((path) => readFileSync(join(repositoryRoot, path), 'utf8').includes(name))
}

const service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  restart: z.literal('unless-stopped'),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.literal('service_healthy') })).optional(),
  healthcheck: z
    .object({ test: z.array(z.string()).min(2) })
    .loose()
    .optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  shm_size: z.string().optional(),
  stop_grace_period: z.string().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
})
const compose = z
  .strictObject({
    name: z.string(),
    services: z.record(z.string(), service.strict()),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(read('compose.yaml')))

test('systemd leaves the keeper of GPIO lines alone, which ends by itself after its pulses', () => {
  expect(read('gatehouse-edge.service')).toMatch(/^KillMode=process$/m)
})

describe('the compose file', () => {
  test('names files and volumes that exist', () => {
    for (const { build, volumes } of Object.values(compose.services)) {
      if (build) expect(existsSync(join(folder, build.context, build.dockerfile))).toBe(true)
      for (const volume of volumes) {
        const [source = ''] = volume.split(':')
        const known = source.startsWith('.') ? existsSync(join(folder, source)) : source in compose.volumes
        expect([volume, known]).toEqual([volume, true])
      }
    }
  })

  test('waits for services that say when they are well, and opens ports to this machine only', () => {
    for (const { depends_on = {}, ports = [] } of Object.values(compose.services)) {
      for (const name of Object.keys(depends_on)) expect(compose.services[name]?.healthcheck).toBeDefined()
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    }
  })

  test('gives the cloud the variables that it reads, and a database that is there', () => {
    const { environment, ports } = compose.services.cloud ?? expect.fail('no cloud')
    for (const name of Object.keys(environment)) expect([name, readsVariable(name)]).toEqual([name, true])
    const url = environment.DATABASE_URL?.replace(/\$\{[^}]*\}/, 'secret') ?? ''
    const config = readCloudConfig(join(folder, 'cloud.json'), { ...environment, DATABASE_URL: url })
    if ('lines' in config) expect.fail(config.lines.join())
    expect(compose.services[new URL(url).hostname]).toBeDefined()
    expect(ports).toContain(`127.0.0.1:${config.http.port}:${config.http.port}`)
    expect(config.http.host).toBe('0.0.0.0')
  })
})

describe('the Dockerfile', () => {
  const text = read('Dockerfile')
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

  test('runs scripts and programs that exist, and copies what is there', () => {
    for (const name of npmScripts(text)) expect([name, name in packageScripts]).toEqual([name, true])
    for (const [path] of text.matchAll(/[a-z]+\/dist\/[a-z/]+\.js/g))
      expect([path, isBuilt(path)]).toEqual([path, true])
    for (const [, source = ''] of text.matchAll(/^COPY (?!--)(\S+)/gm))
      expect(inRepository(source)).toBe(true)
    for (const [path] of text.matchAll(/scripts\/deploy\/[a-z-]+\.(mjs|json)/g))
      expect(inRepository(path)).toBe(true)
  })

  test('holds no simulator: neither its panel nor the programs of the demo', () => {
    expect(frontEnds(['--production'])).not.toContain('scripts/demo/panel')
    expect(frontEnds([])).toContain('scripts/demo/panel')
    const built = lines.indexOf('RUN npm run screens -- --production')
    const removed = lines.indexOf('RUN rm -rf scripts/demo scripts/dist/demo')
    const copied = lines.findIndex((line) => line.startsWith('COPY --from=build'))
    expect([0 < built, built < removed, removed < copied]).toEqual([true, true, true])
    expect(read('README.md').match(/npm run screens(?! -- --production)/g)).toBeNull()
  })

  test('ends as an account without rights, asks /readyz, and starts what npm starts', () => {
    expect(lines.filter((line) => line.startsWith('USER'))).toEqual(['USER node'])
    const rest = lines.slice(lines.findIndex((line) => line.startsWith('USER')))
    expect(rest.filter((line) => line.startsWith('RUN'))).toEqual([])
    expect(text).toMatch(/^HEALTHCHECK .*\/readyz"\]$/m)
    const command = z.array(z.string()).parse(JSON.parse(/^CMD (.*)$/m.exec(text)?.[1] ?? ''))
    expect(packageScripts.cloud).toBe(command.slice(0, 3).join(' '))
    const config = command.at(-1) ?? ''
    expect(text).toContain(`COPY scripts/deploy/cloud.json ${config}`)
    const file: unknown = JSON.parse(read('cloud.json'))
    const { dataFolder } = z.object({ dataFolder: z.string() }).parse(file)
    expect(dataFolder.startsWith(/^VOLUME (\S+)$/m.exec(text)?.[1] ?? '?')).toBe(true)
  })

  test('takes neither builds nor modules of the checkout along', () => {
    const ignored = readFileSync(join(repositoryRoot, '.dockerignore'), 'utf8').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.gatehouse', '**/node_modules', '**/dist']))
  })
})

describe.each(['edge', 'cloud'])('the unit of the %s', (tier) => {
  const settings = read(`gatehouse-${tier}.service`)
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  const all = (name: string) => settings.filter(([key]) => key === name).map(([, value]) => value)
  const start = all('ExecStart')[0]?.split(' ') ?? []

  test('starts what npm starts, through files that exist', () => {
    const [watched = '', node, ...rest] = start
    expect(inRepository(watched.replace('/opt/gatehouse/current/', ''))).toBe(true)
    expect(node).toBe('/usr/bin/node')
    expect(packageScripts[tier]).toBe(`node ${rest.slice(0, -2).join(' ')}`)
    expect(isBuilt(rest.find((part) => part.endsWith('.js')) ?? '')).toBe(true)
    for (const path of all('Documentation')) {
      expect(inRepository(path.replace('file:/opt/gatehouse/current/', ''))).toBe(true)
    }
  })

  test('watches the port of the configuration that comes along, and keeps state where the unit may write', () => {
    const path = join(folder, `${tier}.json`)
    const config = tier === 'edge' ? readEdgeConfig(path) : readCloudConfig(path, {})
    if ('lines' in config) expect.fail(config.lines.join())
    expect(all('Environment')).toContain(`GATEHOUSE_URL=http://127.0.0.1:${config.http.port}`)
    const [state = ''] = (all('StateDirectory')[0] ?? '').split(' ')
    expect(config.dataFolder.startsWith(`/var/lib/${state}/`)).toBe(true)
    for (const variable of all('Environment').map((line) => line.split('=')[0] ?? '')) {
      const known = ['NODE_ENV', 'TMPDIR'].includes(variable) || readsVariable(variable)
      expect([variable, known]).toEqual([variable, true])
    }
  })

  test('is restarted, watched, and without rights', () => {
    expect([all('Type'), all('NotifyAccess'), all('Restart')]).toEqual([['notify'], ['all'], ['always']])
    expect(Number(all('WatchdogSec')[0])).toBeGreaterThan(10)
    expect(all('User')).toEqual(['gatehouse'])
    expect([all('NoNewPrivileges'), all('CapabilityBoundingSet'), all('ProtectSystem')]).toEqual([
      ['yes'],
      [''],
      ['strict'],
    ])
    // Node.js compiles as it runs.
    expect(all('MemoryDenyWriteExecute')).toEqual([])
  })
})

describe('the instructions', () => {
  test('name files, scripts and commands that exist', () => {
    const text = read('README.md')
    for (const name of npmScripts(text)) expect([name, name in packageScripts]).toEqual([name, true])
    for (const [, name = ''] of text.matchAll(/^\| (`[^|]+`)\s+\|/gm)) {
      for (const file of name.split(', '))
        expect(existsSync(join(folder, file.replaceAll('`', '')))).toBe(true)
    }
    for (const [, path = ''] of text.matchAll(/\]\(([^)h][^)]*)\)/g))
      expect(existsSync(join(folder, path))).toBe(true)
    for (const name of readdirSync(folder)) {
      if (!statSync(join(folder, name)).isFile() || /\.test\.ts$|^README|^ready/.test(name)) continue
      expect([name, text.includes(name)]).toEqual([name, true])
    }
  })

  test('come with configurations that the programs accept', () => {
    const edge = readEdgeConfig(join(folder, 'edge.json'))
    expect(isConfigProblem(edge)).toBe(false)
    expect('lines' in readCloudConfig(join(folder, 'cloud.json'), {})).toBe(false)
  })
})
