import { timingSafeEqual } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { SiteDatabase } from '../ledger/database.ts'
import { refuse } from './problem.ts'
import { edgeRouter } from './router.ts'

export interface LocalRoutesOptions {
  readonly db: SiteDatabase
  readonly dataFolder: string
  readonly localSecret: string
}

const copyRoute = createRoute({
  method: 'post',
  path: '/local/copy',
  summary: 'Copy the open store into the data folder (tools on this machine only)',
  responses: {
    200: {
      description: 'Path of the copy',
      content: { 'application/json': { schema: z.object({ path: z.string() }) } },
    },
  },
})

/** `POST /local/copy`: a consistent copy of the running store, made in steps so that doors do not wait. */
export function localRoutes({ db, dataFolder, localSecret }: LocalRoutesOptions): OpenAPIHono {
  const app = edgeRouter()
  const expected = Buffer.from(sha256Hex(`Bearer ${localSecret}`))
  app.openapi(copyRoute, async (c) => {
    const given = Buffer.from(sha256Hex(c.req.header('authorization') ?? ''))
    // A refusal is answered as a problem, which the route's declared answers do not list.
    if (!timingSafeEqual(given, expected)) return refuse(c, { code: 'credential_wrong' }) as never
    const path = join(dataFolder, 'copy.sqlite')
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    await db.backup(path)
    return c.json({ path }, 200)
  })
  return app
}
