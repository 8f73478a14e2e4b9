import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
import { prepareTemplate } from './test-database.ts'

let running: { readonly server: EmbeddedPostgres; readonly folder: string } | undefined

/**
 * Global set-up of the tests: one PostgreSQL for the whole run, with a migrated template database that each
 * test file clones. `TEST_DATABASE_URL` names another server to use.
 */
export async function setup(project: TestProject): Promise<void> {
  const external = process.env.TEST_DATABASE_URL
  if (external !== undefined) {
    project.provide('postgresUrl', await prepareTemplate(external))
    return
  }
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-pg-'))
  // Only the data folder inside is private; the server's account must be able to pass this one.
  await chmod(folder, 0o755)
  const server = await startEmbeddedPostgres({ dataFolder: join(folder, 'data'), durable: false })
  running = { server, folder }
  project.provide('postgresUrl', await prepareTemplate(server.url))
}

/** Stops the server of the run and removes its data. */
export async function teardown(): Promise<void> {
  if (running === undefined) return
  await running.server.stop()
  await rm(running.folder, { recursive: true, force: true })
}
